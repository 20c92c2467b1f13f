// SPDX-License-Identifier: Apache-2.0

import CloakroomCrypto
import Glibc
import Testing

@testable import CloakroomServer

@Suite struct KeySourceTests {
    private func select(_ text: String, _ directory: String?, keyFile: String? = nil) throws -> KeySource {
        let configuration = try Configuration.load(text: text, file: "c").applying(.init(keyFile: keyFile))
        return try KeySource.select(configuration, credentialsDirectory: directory)
    }

    @Test func defaultIsTheCredentialIfItIsThereElseTheFile() throws {
        let directory = try TemporaryDirectory()
        #expect(try select("", nil) == .file("/etc/cloakroom/key"))
        #expect(try select("", "") == .file("/etc/cloakroom/key"))
        #expect(try select("", directory.path) == .file("/etc/cloakroom/key"))
        let path = try directory.file("cloakroom.key", [1])
        #expect(try select("", directory.path) == .credential(path))
    }

    @Test func configuredSourceWinsOverACredential() throws {
        let directory = try TemporaryDirectory()
        _ = try directory.file("cloakroom.key", [1])
        #expect(try select("[key]\nfile = \"/k\"", directory.path) == .file("/k"))
        #expect(try select("[key]\nenvironment = \"K\"", directory.path) == .environment("K"))
        #expect(try select("[key]\ncredential = \"other\"", directory.path) == .credential(directory.path + "/other"))
        #expect(try select("[key]\ncredential = \"\"", directory.path) == .file("/etc/cloakroom/key"))
    }

    @Test func commandLineWinsOverEverything() throws {
        let directory = try TemporaryDirectory()
        _ = try directory.file("cloakroom.key", [1])
        for text in ["", "[key]\nfile = \"/k\"", "[key]\nenvironment = \"K\"", "[key]\ncredential = \"other\""] {
            #expect(try select(text, directory.path, keyFile: "/cli") == .file("/cli"))
        }
    }

    @Test func credentialThatNobodyPassesIsAnError() {
        let error = #expect(throws: KeySourceError.self) { try select("[key]\ncredential = \"other\"", nil) }
        #expect(error?.code == .missing)
    }

    @Test func credentialIsRefusedWhenOthersCanReadTheDefaultFile() throws {
        let directory = try TemporaryDirectory()
        let credential = try directory.file("cloakroom.key", [1])
        var configuration = Configuration()
        configuration.key.file = try directory.file("key", [1], mode: 0o644)
        for _ in 0..<2 {
            let error = #expect(throws: KeySourceError.self) {
                try KeySource.select(configuration, credentialsDirectory: directory.path)
            }
            #expect(error?.code == .permissions)
            configuration.explicit = ["key.credential"]
        }
        configuration.explicit = []
        configuration.key.file = try directory.file("key", [1], mode: 0o600)
        #expect(
            try KeySource.select(configuration, credentialsDirectory: directory.path) == .credential(credential)
        )
    }

    @Test func descriptionsNameTheSource() {
        #expect("\(KeySource.file("/k"))" == "file /k")
        #expect("\(KeySource.credential("/c/k"))" == "credential /c/k")
        #expect("\(KeySource.environment("K"))" == "environment variable K")
    }

    @Test func variableIsReadOnceAndGoneFromTheProcess() async {
        // PATH stands for a variable that was there when the process began: the kernel shows that memory.
        await #expect(processExitsWith: .success) {
            try SecureHeap.prepare()
            let value = try #require(ProcessEnvironment.value(of: "PATH"))
            let before = try Self.initialEnvironment()
            #expect(before.contains("PATH=\(value)"))
            let contents = try KeySource.environment("PATH").contents()
            #expect(contents.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } == value)
            #expect(getenv("PATH") == nil)
            let after = try Self.initialEnvironment()
            #expect(after.count == before.count - 1)
            #expect(!after.contains { $0.contains(value) })
            #expect(throws: KeySourceError(.missing, "")) { try KeySource.environment("PATH").contents() }
        }
    }

    @Test func missingEmptyAndTooLongVariablesAreRefused() async {
        await #expect(processExitsWith: .success) {
            try SecureHeap.prepare()
            setenv("CLOAKROOM_EMPTY", "", 1)
            setenv("CLOAKROOM_LONG", String(repeating: "A", count: 4097), 1)
            let refusals: [(String, KeySourceError.Code)] = [
                ("CLOAKROOM_MISSING", .missing), ("CLOAKROOM_EMPTY", .missing), ("CLOAKROOM_LONG", .contents),
            ]
            for (name, code) in refusals {
                let error = #expect(throws: KeySourceError.self) { try KeySource.environment(name).contents() }
                #expect(error?.code == code)
                #expect(error?.message.contains(name) == true)
                #expect(getenv(name) == nil)
            }
        }
    }

    /// What other processes of this user see in `/proc/PID/environ`.
    private static func initialEnvironment() throws -> [String] {
        try TestFile.bytes("/proc/self/environ").split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }
}
