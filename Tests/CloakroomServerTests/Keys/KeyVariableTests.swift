// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import CloakroomCrypto
import Glibc
import Testing

@testable import CloakroomServer
@testable import CloakroomSystem

@Suite struct KeyVariableTests {
    @Test func variableIsTakenOnceAndGoneFromTheProcess() async {
        // PATH stands for a variable that was there when the process began: the kernel shows that memory.
        await #expect(processExitsWith: .success) {
            try SecureHeap.prepare()
            let value = try #require(ProcessEnvironment.value(of: "PATH"))
            let before = try Self.initialEnvironment()
            #expect(before.contains("PATH=\(value)"))
            let contents = try KeyVariable(name: "PATH").take()
            #expect(contents.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } == value)
            #expect(getenv("PATH") == nil)
            let after = try Self.initialEnvironment()
            #expect(after.count == before.count - 1)
            #expect(!after.contains { $0.contains(value) })
            #expect(throws: KeySourceError(.missing, "")) { try KeyVariable(name: "PATH").take() }
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
                let error = #expect(throws: KeySourceError.self) { try KeySource.environment(name).keys() }
                #expect(error?.code == code)
                #expect(error?.message.contains(name) == true)
                #expect(getenv(name) == nil)
            }
        }
    }

    @Test func keysOfAVariableAreKeptForTheNextReading() async {
        await #expect(processExitsWith: .success) {
            try SecureHeap.prepare()
            let text = String(repeating: "12", count: 32) + "\n" + String(repeating: "34", count: 32)
            setenv("CLOAKROOM_KEPT", text, 1)
            let first = try KeySource.environment("CLOAKROOM_KEPT").keys().map(\.id)
            #expect(first.count == 2)
            #expect(getenv("CLOAKROOM_KEPT") == nil)
            #expect(try KeySource.environment("CLOAKROOM_KEPT").keys().map(\.id) == first)
        }
    }

    /// What other processes of this user see in `/proc/PID/environ`.
    private static func initialEnvironment() throws -> [String] {
        try TestFile.bytes("/proc/self/environ").split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }
}
