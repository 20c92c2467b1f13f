// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomCrypto
import CloakroomProcessKit
import Foundation
import Testing

/// Key files are made and changed so that no key is lost.
@Suite struct KeyFileTests {
    private let directory: TemporaryDirectory
    private let path: String

    init() throws {
        try SecureHeap.prepare()
        directory = try TemporaryDirectory()
        path = directory.path(of: "key")
    }

    @Test func madeFileHasTheKeyAndIsTheOwnersAlone() throws {
        let key = try MasterKey.random()
        let mask = umask(0)
        defer { umask(mask) }
        try KeyFile.make(path, with: key)
        #expect(try KeyFile.key(from: path).id == key.id)
        #expect(try mode(path) == 0o600)
        #expect(try text().hasSuffix("=\n"))
        #expect(try text().count == 45)
    }

    @Test func fileThatIsThereIsNotOverwritten() throws {
        try Data("precious".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: KeyFileError(.exists, "")) { try KeyFile.make(path, with: MasterKey.random()) }
        #expect(try text() == "precious")
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path + "-elsewhere")
        #expect(throws: KeyFileError(.exists, "")) { try KeyFile.make(path, with: MasterKey.random()) }
        #expect(!FileManager.default.fileExists(atPath: path + "-elsewhere"))
    }

    @Test func addedKeyStandsInFrontAndTheRestStays() throws {
        let old = try MasterKey.random()
        let line = try base64(old)
        try write("# mine\n\n  \(line)\t\n# \u{FFFD} end\n", mode: 0o640)
        let new = try MasterKey.random()
        let edit = try KeyFileEdit(path: path)
        try edit.prepare(edit.text.adding(new, date: "2026-01-31"))
        try edit.commit()
        let added = "# \(new.id), added 2026-01-31\n\(try base64(new))\n"
        #expect(try text() == added + "# mine\n\n  \(line)\t\n# \u{FFFD} end\n")
        #expect(try mode(path) == 0o640)
        #expect(try ids() == [new.id, old.id])
        #expect(try files() == ["key"])
    }

    @Test func rawKeyBecomesALine() throws {
        // A line end, a # and bytes that are no text.
        let raw = Data([0x23, 0x0A, 0xFF] + (0..<29).map { UInt8($0) })
        try raw.write(to: URL(fileURLWithPath: path))
        let old = try KeyFile.key(from: path)
        let new = try MasterKey.random()
        let edit = try KeyFileEdit(path: path)
        try edit.prepare(edit.text.adding(new, date: "2026-01-31"))
        try edit.commit()
        #expect(try text().hasSuffix("\n\(raw.base64EncodedString())\n"))
        #expect(try ids() == [new.id, old.id])
    }

    @Test func removedKeyGoesWithItsComment() throws {
        let (first, second, third) = (try MasterKey.random(), try MasterKey.random(), try MasterKey.random())
        let last = "# about the last one\n\(try base64(third))"
        try write("# \(first.id), added\n\(try base64(first))\n# \(second.id), added\n\(try base64(second))\n\(last)")
        let edit = try KeyFileEdit(path: path)
        try edit.prepare(edit.text.removing(second.id))
        try edit.commit()
        #expect(try text() == "# \(first.id), added\n\(try base64(first))\n\(last)\n")
    }

    @Test func onlyKeyIsNotRemoved() throws {
        let key = try MasterKey.random()
        try KeyFile.make(path, with: key)
        let edit = try KeyFileEdit(path: path)
        #expect(throws: KeyFileError(.contents, "")) { try edit.text.removing(key.id) }
    }

    @Test func changeThatIsNotCommittedLeavesNothing() throws {
        let key = try MasterKey.random()
        try KeyFile.make(path, with: key)
        let before = try text()
        do {
            let edit = try KeyFileEdit(path: path)
            try edit.prepare(edit.text.adding(MasterKey.random(), date: "2026-01-31"))
            #expect(try files() == ["key", "key.new"])
            #expect(try mode(path + ".new") == 0o600)
        }
        #expect(try text() == before)
        #expect(try files() == ["key"])
    }

    @Test func twoChangesAtATimeAreRefused() throws {
        try KeyFile.make(path, with: MasterKey.random())
        do {
            let edit = try KeyFileEdit(path: path)
            #expect(throws: KeyFileError(.busy, "")) { try KeyFileEdit(path: path) }
            withExtendedLifetime(edit) {}
        }
        #expect(throws: Never.self) { try KeyFileEdit(path: path) }
    }

    @Test func linksAndOtherThingsAreNotChanged() throws {
        try KeyFile.make(path, with: MasterKey.random())
        try FileManager.default.createSymbolicLink(atPath: path + "-link", withDestinationPath: path)
        #expect(throws: KeyFileError(.contents, "")) { try KeyFileEdit(path: path + "-link") }
        #expect(mkfifo(path + "-fifo", 0o600) == 0)
        #expect(throws: KeyFileError(.contents, "")) { try KeyFileEdit(path: path + "-fifo") }
        #expect(throws: KeyFileError(.missing, "")) { try KeyFileEdit(path: path + "-none") }
    }

    @Test func fileThatWouldBeTooLargeIsRefused() throws {
        let keys = try (0..<90).map { _ in try base64(MasterKey.random()) }
        try write(keys.joined(separator: "\n"))
        do {
            let edit = try KeyFileEdit(path: path)
            #expect(throws: KeyFileError(.contents, "")) {
                try edit.text.adding(MasterKey.random(), date: "2026-01-31")
            }
        }
        try write(String(repeating: "#", count: KeyringText.maximumLength + 1))
        #expect(throws: KeyFileError(.contents, "")) { try KeyFileEdit(path: path) }
    }

    private func base64(_ key: MasterKey) throws -> String {
        try key.base64().withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    private func write(_ text: String, mode: mode_t = 0o600) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        #expect(chmod(path, mode) == 0)
    }

    private func text() throws -> String { try String(contentsOfFile: path, encoding: .utf8) }
    private func ids() throws -> [KeyID] { try KeyFileEdit(path: path).text.ids() }
    private func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
    }

    private func mode(_ path: String) throws -> mode_t {
        var status = stat()
        try #require(stat(path, &status) == 0)
        return status.st_mode & 0o7777
    }
}
