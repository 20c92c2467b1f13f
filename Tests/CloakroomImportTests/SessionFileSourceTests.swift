// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomAdmin
import CloakroomProcessKit
import Glibc
import Testing

@testable import CloakroomImport

/// What can happen to a file between two looks at it.
@Suite("Files of sessions") struct SessionFileSourceTests {
    private static let text = "user|s:5:\"alice\";"
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func write(_ name: String, _ text: String = text) throws {
        let file = try #require(fopen("\(directory.path)/\(name)", "w"))
        fputs(text, file)
        fclose(file)
    }

    private func exists(_ name: String) -> Bool { access("\(directory.path)/\(name)", F_OK) == 0 }

    private func names() throws -> [String] {
        let bytes = try SessionDirectory(path: directory.path).names().bytes
        return bytes.split(separator: 0).map { String(decoding: $0.map(UInt8.init(bitPattern:)), as: UTF8.self) }
    }

    private func source(overwrites: Bool = false) throws -> SessionFileSource {
        var options = SessionFileSource.Options(
            owners: FileOwners(users: [geteuid()]),
            lifetime: 1440,
            maximumData: 1 << 20
        )
        options.overwrites = overwrites
        return try SessionFileSource(SavePath(directory: directory.path, depth: 0), options)
    }

    private func original(_ source: SessionFileSource) throws -> any ImportOriginal {
        while let find = try source.next() {
            if case .original(let original) = find { return original }
        }
        throw ImportError("no original")
    }

    private func status(_ name: String) throws -> FileStatus {
        let directory = try SessionDirectory(path: directory.path)
        return try withExtendedLifetime(directory) {
            try #require(FileStatus.of(Array(name.utf8CString), in: directory.descriptor))
        }
    }

    private func importer(_ outcome: ImportOutcome, adjust: (inout Importer.Options) -> Void = { _ in }) -> Importer {
        var options = Importer.Options(pool: "default", name: "PHPSESSID")
        adjust(&options)
        return Importer(
            options,
            Importer.Surroundings(ask: { request in
                let sessions = request.batch?.sessions ?? []
                return ImportReply(pool: request.pool, outcomes: sessions.map { _ in .init(outcome, session: "0") })
            })
        )
    }

    @Test("are read with id, contents and times") func read() throws {
        try write("sess_alice")
        let times = [timespec(tv_sec: 0, tv_nsec: 0), timespec(tv_sec: 1_000_000, tv_nsec: 999_999_999)]
        #expect(utimensat(AT_FDCWD, "\(directory.path)/sess_alice", times, 0) == 0)
        let session = try original(source()).session
        #expect(session.id == "alice")
        #expect(session.data == Array(Self.text.utf8))
        #expect((session.created, session.lastSeen, session.lifetime) == (1_000_000, 1_000_000, 1440))
    }

    @Test("were made when the file system says, if it says so") func birth() throws {
        try write("sess_alice")
        let before = UInt64(time(nil))
        let times = [timespec(tv_sec: 0, tv_nsec: 0), timespec(tv_sec: Int(before) + 5000, tv_nsec: 0)]
        #expect(utimensat(AT_FDCWD, "\(directory.path)/sess_alice", times, 0) == 0)
        let session = try original(source()).session
        #expect(session.lastSeen == before + 5000)
        let descriptor = open("\(directory.path)/sess_alice", O_RDONLY)
        defer { close(descriptor) }
        let isKnown = FileStatus.birth(of: descriptor) != nil
        #expect(isKnown ? session.created <= before + 60 : session.created == session.lastSeen)
    }

    @Test("of an impossible time do no harm") func impossibleTimes() throws {
        try write("sess_alice")
        let times = [timespec(tv_sec: 0, tv_nsec: 0), timespec(tv_sec: -1000, tv_nsec: 0)]
        #expect(utimensat(AT_FDCWD, "\(directory.path)/sess_alice", times, 0) == 0)
        #expect(try original(source()).session.lastSeen == 0)
    }

    @Test("are locked from being read to being removed") func locked() throws {
        try write("sess_alice")
        let descriptor = open("\(directory.path)/sess_alice", O_RDWR)
        defer { close(descriptor) }
        do {
            let original = try original(source())
            #expect(flock(descriptor, LOCK_EX | LOCK_NB) == -1)
            #expect(original.remove() == nil)
        }
        #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    }

    @Test("that were written to since stay", arguments: [false, true]) func changed(overwrites: Bool) throws {
        try write("sess_alice")
        let original = try original(source(overwrites: overwrites))
        try write("sess_alice", "changed")
        #expect(original.remove()?.code == .changed)
        #expect(try names() == ["sess_alice"])
    }

    @Test("that took the place of another stay", arguments: [false, true]) func replaced(overwrites: Bool) throws {
        try write("sess_alice")
        let original = try original(source(overwrites: overwrites))
        try write("other")
        #expect(rename("\(directory.path)/other", "\(directory.path)/sess_alice") == 0)
        #expect(original.remove()?.code == .changed)
        #expect(exists("sess_alice"))
    }

    @Test("that got another name since stay") func linked() throws {
        try write("sess_alice")
        let original = try original(source(overwrites: true))
        #expect(link("\(directory.path)/sess_alice", "\(directory.path)/mine") == 0)
        #expect(original.remove()?.code == .changed)
        #expect(exists("mine") && exists("sess_alice"))
    }

    @Test("that are a link by now are not followed") func swappedForLink() throws {
        try write("sess_alice")
        try write("secret", "admin")
        let original = try original(source(overwrites: true))
        #expect(unlink("\(directory.path)/sess_alice") == 0)
        #expect(symlink("\(directory.path)/secret", "\(directory.path)/sess_alice") == 0)
        #expect(original.remove()?.code == .changed)
        #expect(try status("secret").size == 5)
    }

    @Test("are overwritten before they are removed, on request", arguments: [false, true])
    func overwritten(overwrites: Bool) throws {
        let long = String(repeating: "x", count: 200_000)
        try write("sess_alice", long)
        let descriptor = open("\(directory.path)/sess_alice", O_RDONLY)
        defer { close(descriptor) }
        #expect(try original(source(overwrites: overwrites)).remove() == nil)
        var contents = [UInt8](repeating: 1, count: 200_001)
        #expect(pread(descriptor, &contents, contents.count, 0) == 200_000)
        #expect(contents.dropLast().allSatisfy { $0 == (overwrites ? 0 : UInt8(ascii: "x")) })
        #expect(try names() == [])
    }

    @Test("that an import was about to remove when it was killed are removed by the next", arguments: [0, 7, 17])
    func remains(zeros: Int) throws {
        try write("sess_alice")
        let status = try status("sess_alice")
        let name = SessionFileName.remains(inode: status.inode)
        #expect(rename("\(directory.path)/sess_alice", "\(directory.path)/\(name)") == 0)
        let descriptor = open("\(directory.path)/\(name)", O_RDWR)
        defer { close(descriptor) }
        #expect(pwrite(descriptor, [UInt8](repeating: 0, count: 20), zeros, 0) == zeros)
        var importer = importer(.invalid)
        let tally = try importer.run(source(overwrites: true))
        #expect((tally.remains, tally.removed, tally.leftInAll) == (1, 1, 0))
        #expect(try names() == [])
        var contents = [UInt8](repeating: 1, count: 17)
        #expect(pread(descriptor, &contents, contents.count, 0) == 17)
        #expect(contents.allSatisfy { $0 == 0 })
    }

    @Test("go only when the daemon has them", arguments: ImportOutcome.allCases) func outcomes(outcome: ImportOutcome)
        throws
    {
        try write("sess_alice")
        var importer = importer(outcome)
        let tally = try importer.run(source())
        let isGone = [.adopted, .equal, .newer].contains(outcome)
        #expect(exists("sess_alice") == !isGone || outcome == .adoptable)
        if outcome != .adoptable { #expect(tally.leftInAll == (isGone ? 0 : 1)) }
    }

    @Test("stay when they are to be kept, and in a dry run", arguments: [false, true]) func kept(isDry: Bool) throws {
        try write("sess_alice")
        try write("sess_empty", "")
        var importer = importer(isDry ? .adoptable : .adopted) { options in
            if isDry { options.isDryRun = true } else { options.keepsOriginals = true }
        }
        let tally = try importer.run(source())
        #expect(tally.removed == 0 && tally.empty == 1)
        #expect(try names().sorted() == ["sess_alice", "sess_empty"])
    }

    @Test("stay when the daemon does not say what became of each") func shortAnswer() throws {
        try write("sess_alice")
        var importer = Importer(
            Importer.Options(pool: "default", name: "PHPSESSID"),
            Importer.Surroundings(ask: { ImportReply(pool: $0.pool, outcomes: []) })
        )
        #expect(throws: ImportError.self) { try importer.run(source()) }
        #expect(exists("sess_alice"))
    }

    @Test("are taken in batches that fit a message") func batches() throws {
        for number in 0..<600 { try write("sess_\(number)") }
        for number in 600..<604 { try write("sess_\(number)", String(repeating: "x", count: 700_000)) }
        var batches: [(count: Int, bytes: Int)] = []
        var importer = Importer(
            Importer.Options(pool: "default", name: "PHPSESSID"),
            Importer.Surroundings(ask: { request in
                let sessions = request.batch?.sessions ?? []
                batches.append((sessions.count, sessions.reduce(0) { $0 + $1.data.count }))
                return ImportReply(pool: request.pool, outcomes: sessions.map { _ in .init(.adopted, session: "0") })
            })
        )
        #expect(try importer.run(source()).imported == 604)
        #expect(batches.allSatisfy { $0.count <= Importer.batchCount && $0.bytes <= Importer.batchBytes })
        #expect(try names() == [])
    }
}
