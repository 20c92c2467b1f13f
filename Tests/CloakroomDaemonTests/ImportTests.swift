// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomCore
import CloakroomProcessKit
import CloakroomProtocol
import Foundation
import Testing

/// Imports into the real daemon; those from real PHP are in `php-client/tests`.
@Suite(.timeLimit(.minutes(10))) struct ImportTests {
    private let daemon: DaemonProcess
    private let store: String

    init() throws {
        daemon = try DaemonProcess()
        store = daemon.directory.path(of: "sessions")
        try #require(mkdir(store, 0o755) == 0)
    }

    @discardableResult
    private func file(_ id: String, _ text: String = "contents", owner: UInt32? = nil, group: UInt32 = 0) throws
        -> String
    {
        let path = "\(store)/sess_\(id)"
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        if let owner { try #require(chown(path, owner, group) == 0) }
        return path
    }

    private func files() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: store).sorted() }

    private func importFiles(_ arguments: String...) throws -> (status: Int32, output: String) {
        try DaemonProcess.run(
            "/usr/bin/env",
            [
                "CLOAKROOM_ADMIN_SOCKET=\(daemon.adminSocket)", DaemonProcess.control, "import", "files", store,
            ] + (arguments.isEmpty ? ["--owner", "0"] : arguments)
        )
    }

    private func ask(_ sessions: [ImportedSession], name: String = "PHPSESSID", stored: Bool = true) throws
        -> [ImportOutcome]
    {
        let batch = ImportBatch(name: name, isStored: stored, sessions: sessions)
        let reply = try daemon.administrator().ask(.import(ImportRequest(pool: "default", batch: batch)))
        guard case .import(let answer) = reply else { throw DaemonProcess.Failure(description: "no answer") }
        return try #require(answer.outcomes).map(\.outcome)
    }

    private func kept(_ id: String, _ data: String = "contents", age: UInt64 = 10) -> ImportedSession {
        let now = UInt64(Date.now.timeIntervalSince1970)
        return ImportedSession(
            id: id,
            data: Array(data.utf8),
            created: now - age,
            lastSeen: now - age,
            lifetime: 1440
        )
    }

    @Test("a session that a request is about to make is left until the request is over") func lockedSession() throws {
        try daemon.start()
        try file("alice")
        let client = try daemon.client()
        #expect(try client.read(session("alice")).data == nil)
        let busy = try importFiles()
        #expect(busy.status == 1)
        #expect(busy.output.contains("a request has the session of that id; run the import again"), "\(busy.output)")
        #expect(try files() == ["sess_alice"])
        #expect(try client.write("made meanwhile".utf8, to: session("alice"), version: 0).version != nil)
        // Made after the file was written, so that it counts.
        _ = try client.read(session("bob"))
        let past = [timeval(tv_sec: 1, tv_usec: 0), timeval(tv_sec: time(nil) - 100, tv_usec: 0)]
        #expect(utimes("\(store)/sess_alice", past) == 0)
        let free = try importFiles()
        #expect(free.status == 0, "\(free.output)")
        #expect(free.output.contains("1 session there already"), "\(free.output)")
        #expect(try daemon.client().read(session("alice")).data == Array("made meanwhile".utf8))
        #expect(try files() == [])
    }

    @Test("without --owner the users and groups of the pool count") func owners() throws {
        let configuration = """
            [server]
            users = [47111]
            [pools.shop]
            unix_users = [47112]
            unix_groups = ["games"]
            """
        try daemon.start(daemon.configure(configuration))
        try file("web", owner: 47_111)
        try file("shop", owner: 47_112)
        try file("root", owner: 0)
        let games = try FileManager.default.attributesOfItem(
            atPath: file("games", owner: UInt32(getpwnam("games").pointee.pw_uid))
        )
        #expect(games[.ownerAccountName] as? String == "games")
        let first = try importFiles("--pool", "default", "--json")
        #expect(first.status == 1)
        #expect(
            first.output.contains(#""imported":1"#) && first.output.contains(#""other owner":3"#),
            "\(first.output)"
        )
        #expect(try files() == ["sess_games", "sess_root", "sess_shop"])
        #expect(first.output.contains("it belongs to root, who is not of this pool"))
        #expect(first.output.contains("it belongs to user 47112, who is not of this pool"))
        let second = try importFiles("--pool", "shop")
        #expect(second.output.contains("2 sessions imported"), "\(second.output)")
        #expect(try files() == ["sess_root"], "games by its group")
    }

    @Test("what cannot be brought to disk leaves every file") func unsyncedStore() throws {
        try daemon.start(daemon.configure("[store]\nsync_interval = 3600\n"))
        for number in 0..<10 { try file("alice\(number)") }
        let faults = try FaultInjection(
            "fdatasync,fsync",
            error: "EIO",
            in: daemon.stateDirectory + "/rocksdb",
            of: daemon.pid
        )
        let failed = try importFiles()
        faults.end()
        #expect(failed.status == 1, "\(failed.output)")
        #expect(try files().count == 10)
        _ = daemon.stop(SIGKILL)
        try daemon.start()
        let done = try importFiles()
        #expect(done.status == 0, "\(done.output)")
        #expect(try files() == [])
        for number in 0..<10 {
            #expect(try daemon.client().read(session("alice\(number)")).data == Array("contents".utf8))
        }
    }

    @Test("each session of a batch has an outcome of its own") func outcomes() throws {
        let configuration = "[limits]\nsession_size = 100\nsessions = 3\n[sessions]\nabsolute_timeout = 7200\n"
        try daemon.start(daemon.configure(configuration))
        let large = kept("large", String(repeating: "x", count: 101))
        let batch = [
            kept("alice"), kept("bad id"), kept("alice", "other", age: 20), kept("alice", "other", age: 5),
            kept("alice"),
            large, kept("idle", age: 1440), kept("bob"), kept(""), kept("carol"), kept("dave"),
        ]
        #expect(
            try ask(batch, stored: false) == [
                .adoptable, .invalid, .adoptable, .adoptable, .adoptable, .tooLarge, .expired, .adoptable, .invalid,
                .adoptable,
                .adoptable,
            ]
        )
        #expect(
            try ask(batch) == [
                .adopted, .invalid, .newer, .different, .equal, .tooLarge, .expired, .adopted, .invalid, .adopted,
                .poolFull,
            ]
        )
        #expect(try ask([kept("alice")], name: "").first == .invalid)
        #expect(try ask([kept("dave")], stored: false) == [.poolFull])
        #expect(try ask([]) == [])
    }

    @Test("the log names what was adopted by its tag, and nothing else does") func log() throws {
        try daemon.start(daemon.configure("[log]\nevents = \"all\"\nlevel = \"debug\"\n"))
        let id = "0123456789abcdef0123456789abcdef"
        try file(id, "secret contents")
        try file("fedcba9876543210fedcba9876543210", "secret contents", owner: 47_111)
        let done = try importFiles()
        #expect(done.status == 1)
        #expect(daemon.log.contains("session adopted"))
        for secret in [id, "fedcba98", "secret contents", Data("secret contents".utf8).base64EncodedString()] {
            #expect(!daemon.log.contains(secret))
            #expect(!done.output.contains(secret))
        }
    }

    @Test("an unknown pool is said") func unknownPool() throws {
        try daemon.start()
        let error = #expect(throws: AdminClientError.self) {
            try daemon.administrator().ask(.import(ImportRequest(pool: "nowhere")))
        }
        #expect(error?.message.contains("no pool \"nowhere\"") == true)
    }

    @Test(
        "what makes no sense is wrong usage",
        arguments: [
            ["--depth", "10"], ["--depth", "-1"], ["--keep", "--overwrite"], ["--keep", "--remove-ended"],
            ["--lifetime", "x"],
            ["--name", ""],
        ]
    ) func usage(arguments: [String]) throws {
        let ended = try DaemonProcess.run(DaemonProcess.control, ["import", "files", store] + arguments)
        #expect(ended.status == 64, "\(ended.output)")
    }

    @Test("what is not there is said, with what to do") func failures() throws {
        let missing = try importFiles()
        #expect(missing.status == 2 && missing.output.contains("start the daemon"), "\(missing.output)")
        try daemon.start()
        let user = try importFiles("--owner", "nobody-of-that-name")
        #expect(user.status == 1 && user.output.contains("no user \"nobody-of-that-name\""), "\(user.output)")
        let directory = try daemon.control("import", "files", store + "/none", "--owner", "0")
        #expect(
            directory.status == 1 && directory.output.contains("cannot be opened: No such file"),
            "\(directory.output)"
        )
    }
}
