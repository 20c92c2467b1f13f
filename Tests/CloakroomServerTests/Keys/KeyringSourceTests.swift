// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
@testable import CloakroomConfiguration
import CloakroomCrypto
import Glibc
import Testing

@testable import CloakroomServer

@Suite struct KeyringSourceTests {
    private static let texts = ["12", "34", "56"].map { String(repeating: $0, count: 32) }

    init() throws { try SecureHeap.prepare() }

    private func source(_ text: String, _ directory: String?, keyFile: String? = nil) throws -> KeyringSource {
        let configuration = try Configuration.load(text: text, file: "c").applying(.init(keyFile: keyFile))
        return try KeyringSource(configuration, credentialsDirectory: directory)
    }

    private func id(_ text: String) throws -> KeyID {
        try MasterKey(contents: SecureBytes(copying: text.utf8)).id
    }

    @Test func defaultIsTheCredentialIfItIsThereElseTheFile() throws {
        let directory = try TemporaryDirectory()
        for credentials in [nil, "", directory.path] {
            #expect(try source("", credentials).sources == [.file("/etc/cloakroom/key")])
        }
        let path = try directory.file("cloakroom.key", [1])
        #expect(try source("", directory.path).sources == [.credential(path)])
    }

    @Test func configuredSourceWinsOverACredential() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path
        _ = try directory.file("cloakroom.key", [1])
        let cases: [(String, [KeySource])] = [
            ("file = \"/k\"", [.file("/k")]),
            ("file = [\"/k\", \"/l\"]", [.file("/k"), .file("/l")]),
            ("environment = \"K\"", [.environment("K")]),
            ("environment = [\"K\", \"L\"]", [.environment("K"), .environment("L")]),
            ("credential = \"other\"", [.credential(path + "/other")]),
            ("credential = [\"a\", \"b\"]", [.credential(path + "/a"), .credential(path + "/b")]),
            ("credential = \"\"", [.file("/etc/cloakroom/key")]),
            ("command = []", [.credential(path + "/cloakroom.key")]),
            ("command = [\"/c\", \"x\"]", [.command(["/c", "x"], timeout: .seconds(10))]),
            ("command_timeout = 3\ncommand = [\"/c\"]", [.command(["/c"], timeout: .seconds(3))]),
        ]
        for (text, expected) in cases {
            #expect(try source("[key]\n" + text, path).sources == expected, "\(text)")
        }
    }

    @Test func previousKeysComeLastAndHaveNoDefault() throws {
        let directory = try TemporaryDirectory()
        _ = try directory.file("cloakroom.key", [1])
        let text = "[previous_key]\nfile = [\"/a\", \"/b\"]\n"
        let credential = KeySource.credential(directory.path + "/cloakroom.key")
        #expect(try source(text, directory.path).sources == [credential, .file("/a"), .file("/b")])
        let other = "[previous_key]\ncredential = \"old\"\n[key]\nenvironment = \"K\"\n"
        #expect(
            try source(other, directory.path).sources == [.environment("K"), .credential(directory.path + "/old")]
        )
        let command = "[previous_key]\ncommand = [\"/c\"]\ncommand_timeout = 300\n"
        #expect(
            try source(command, nil, keyFile: "/k").sources == [.file("/k"), .command(["/c"], timeout: .seconds(300))]
        )
    }

    @Test func commandLineWinsOverEverything() throws {
        let directory = try TemporaryDirectory()
        _ = try directory.file("cloakroom.key", [1])
        let sections = ["", "file = \"/k\"", "environment = \"K\"", "credential = \"other\"", "command = [\"/c\"]"]
        for text in sections {
            #expect(try source("[key]\n" + text, directory.path, keyFile: "/cli").sources == [.file("/cli")])
        }
    }

    @Test(arguments: ["key", "previous_key"])
    func credentialThatNobodyPassesIsAnError(section: String) {
        let error = #expect(throws: KeySourceError.self) { try source("[\(section)]\ncredential = \"other\"", nil) }
        #expect(error?.code == .missing)
        #expect(error?.message.hasPrefix("\(section).credential is set, but systemd passes no credentials") == true)
    }

    @Test func credentialIsRefusedWhenOthersCanReadTheDefaultFile() throws {
        let directory = try TemporaryDirectory()
        let credential = try directory.file("cloakroom.key", [1])
        var configuration = Configuration()
        configuration.key.files = [try directory.file("key", [1], mode: 0o644)]
        for _ in 0..<2 {
            let error = #expect(throws: KeySourceError.self) {
                try KeyringSource(configuration, credentialsDirectory: directory.path)
            }
            #expect(error?.code == .permissions)
            configuration.explicit = ["key.credential"]
        }
        configuration.explicit = []
        configuration.key.files = [try directory.file("key", [1], mode: 0o600)]
        let source = try KeyringSource(configuration, credentialsDirectory: directory.path)
        #expect(source.sources == [.credential(credential)])
        #expect(source.editableFile == configuration.key.files[0])
    }

    @Test func fileThatCanBeChangedIsThatOfTheFirstSource() throws {
        let directory = try TemporaryDirectory()
        _ = try directory.file("cloakroom.key", [1])
        _ = try directory.file("other", [1])
        #expect(try source("[key]\nfile = [\"/a\", \"/b\"]", nil).editableFile == "/a")
        #expect(try source("[key]\ncredential = \"other\"", directory.path).editableFile == nil)
        #expect(try source("[key]\nenvironment = \"K\"", nil).editableFile == nil)
        #expect(try source("[key]\ncommand = [\"/c\"]\n[previous_key]\nfile = \"/b\"", nil).editableFile == nil)
        var configuration = Configuration()
        configuration.key.files = [directory.path + "/nothing"]
        #expect(try KeyringSource(configuration, credentialsDirectory: directory.path).editableFile == nil)
    }

    @Test func reloadReadsFilesAndCommandsAnew() throws {
        #expect(try source("[key]\nfile = \"/a\"", nil).rereadsOnReload)
        #expect(try source("[key]\ncommand = [\"/c\"]\n[previous_key]\nfile = \"/b\"", nil).rereadsOnReload)
        #expect(try !source("[key]\nenvironment = \"K\"", nil).rereadsOnReload)
        #expect(try !source("[key]\nfile = \"/a\"\n[previous_key]\ncredential = \"b\"", "/d").rereadsOnReload)
    }

    @Test func keysOfAllSourcesAreReadInOrder() throws {
        let directory = try TemporaryDirectory()
        let two = try directory.file("two", "# new\n\(Self.texts[0])\n\n  \(Self.texts[1]) \n".utf8)
        let old = try directory.file("old", "\(Self.texts[2])".utf8)
        let source = try source("[key]\nfile = \"\(two)\"\n[previous_key]\nfile = \"\(old)\"", nil)
        #expect(try source.read().keys.map(\.id) == Self.texts.map(id))
        #expect(try source.entries().map(\.source) == [.file(two), .file(two), .file(old)])
        #expect("\(source)" == "file \(two), file \(old)")
        // What a reload finds.
        _ = try directory.file("two", Self.texts[1].utf8)
        #expect(try source.read().keys.map(\.id) == [id(Self.texts[1]), id(Self.texts[2])])
    }

    @Test func keyThatIsThereTwiceIsRefusedWithBothSources() throws {
        let directory = try TemporaryDirectory()
        let new = try directory.file("new", Self.texts[0].utf8)
        let old = try directory.file("old", "\(Self.texts[1])\n\(Self.texts[0])".utf8)
        let source = try source("[key]\nfile = \"\(new)\"\n[previous_key]\nfile = \"\(old)\"", nil)
        let error = #expect(throws: CryptoError.self) { try source.read() }
        #expect(error?.code == .keyring)
        #expect(error?.message.hasSuffix("from file \(new) and from file \(old): remove one of them") == true)
    }

    @Test func textThatIsNoKeyIsRefusedWithSourceAndLine() throws {
        let directory = try TemporaryDirectory()
        let file = try directory.file("key", "\(Self.texts[0])\nabcdefgh\n".utf8)
        let error = #expect(throws: KeySourceError.self) { try source("[key]\nfile = \"\(file)\"", nil).read() }
        #expect(error?.code == .notKeys)
        #expect(error?.message.hasPrefix("file \(file): line 2: 8 characters are not a key; ") == true)
    }

    @Test func descriptionsNameTheSource() {
        #expect("\(KeySource.file("/k"))" == "file /k")
        #expect("\(KeySource.credential("/c/k"))" == "credential /c/k")
        #expect("\(KeySource.environment("K"))" == "environment variable K")
        #expect("\(KeySource.command(["/bin/c", "secret"], timeout: .seconds(1)))" == "command /bin/c")
    }

    @Test func keyOfAPoolReplacesEverySourceOfTheDaemon() throws {
        for own in ["file = \"/shop\"", "credential = \"shop\"", "environment = \"SHOP\"", "command = [\"/shop\"]"] {
            for daemons in ["file = \"/k\"", "credential = \"k\"", "environment = \"K\"", "command = [\"/k\"]"] {
                let text = "[key]\n\(daemons)\n[pools.shop]\nunix_users = [1]\n[pools.shop.key]\n\(own)"
                let pool = try #require(try Configuration.load(text: text, file: "c.toml").pools.first)
                #expect(pool.hasOwnKeys)
                let source = try KeyringSource(pool.configuration, credentialsDirectory: "/run/credentials")
                #expect(source.sources.count == 1)
                #expect("\(source)".hasSuffix(own.contains("SHOP") ? "SHOP" : "shop"), "\(source)")
            }
        }
    }
}
