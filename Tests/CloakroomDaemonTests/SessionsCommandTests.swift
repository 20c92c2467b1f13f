// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomCore
import CloakroomProcessKit
import CloakroomProtocol
import CloakroomRocksDB
import CloakroomStatus
import CloakroomStore
import Foundation
import Testing

/// `cloakroomctl sessions`, `locks`, `users`, `gc` and `verify` with a real daemon.
@Suite(.timeLimit(.minutes(10))) struct SessionsCommandTests {
    private let daemon: DaemonProcess
    private let clock: MovableClock

    init() throws {
        clock = try MovableClock()
        daemon = try DaemonProcess(clock: clock)
        try daemon.start()
        _ = try daemon.administrator()
    }

    private func write(_ id: String, as user: String? = nil, lifetime: UInt32 = 1440) throws {
        let write = Request.Write(
            session: try session(id),
            version: 0,
            token: .random(in: 1...(.max)),
            lifetime: lifetime,
            release: true,
            identification: try user.map { .user(try #require(UserName(Array($0.utf8)))) },
            data: SessionData(Array("contents of \(id)".utf8))
        )
        let answer = try daemon.client().ask(.write(write))
        try #require(answer.version != nil, "\(answer)")
    }

    private func lines(_ arguments: String...) throws -> [String] {
        let (status, output) = try DaemonProcess.run(
            "/usr/bin/env",
            ["CLOAKROOM_ADMIN_SOCKET=\(daemon.adminSocket)", DaemonProcess.control] + arguments
        )
        #expect(status == 0, "\(output)")
        return output.split(separator: "\n").map(String.init)
    }

    private func rows<Row: Decodable>(_ type: Row.Type, _ arguments: String...) throws -> [Row] {
        let (status, output) = try DaemonProcess.run(
            "/usr/bin/env",
            ["CLOAKROOM_ADMIN_SOCKET=\(daemon.adminSocket)", DaemonProcess.control] + arguments + ["--json"]
        )
        #expect(status == 0, "\(output)")
        return try output.split(separator: "\n").map { try JSONDecoder().decode(type, from: Data($0.utf8)) }
    }

    @Test func sessionsAreListedAndShownAndNothingSecretIs() throws {
        for number in 0..<5 { try write("id\(number)", as: number < 3 ? "alice\u{1B}[31m" : nil) }
        let table = try lines("sessions", "list")
        #expect(table.count == 6)
        #expect(table[0].hasPrefix("TAG") && table[0].contains("ENDS IN"))
        #expect(table.filter { $0.contains("alice\u{FFFD}[31m") }.count == 3, "\(table)")
        #expect(!table.joined().contains("\u{1B}"))
        let rows = try rows(SessionRow.self, "sessions", "list", "--user", "alice\u{1B}[31m")
        #expect(rows.count == 3 && rows.allSatisfy { $0.state == .live && $0.size == 15 && $0.pool == "default" })
        let shown = try lines("sessions", "show", rows[0].tag).joined(separator: "\n")
        #expect(shown.contains("remember me   no") && shown.contains("lock          free"), "\(shown)")
        #expect(!shown.contains("contents") && !shown.contains("id0"))
        #expect(try lines("sessions", "list", "--limit", "2").contains("cloakroomctl: there are more than 2"))
        #expect(try lines("sessions", "list", "--older-than", "2h") == ["cloakroomctl: no sessions"])
        #expect(try lines("sessions", "list", "--state", "all").count == 6)
        let missing = try daemon.control("sessions", "show", "000000000000")
        #expect(missing.status == 1 && missing.output.contains("there is no session 000000000000"))
    }

    @Test func whatMakesNoSenseIsRefused() throws {
        for arguments in [
            ["sessions", "list", "--idle", "5"], ["sessions", "list", "--idle", "-5s"],
            ["sessions", "list", "--state", "dead"],
            ["sessions", "list", "--limit", "-1"], ["sessions", "end"], ["sessions", "end", "--all", "--user", "a"],
            ["sessions", "end", "no tag"], ["sessions", "show"], ["verify", "--limit", "-1"],
        ] {
            let (status, output) = try DaemonProcess.run(
                "/usr/bin/env",
                ["CLOAKROOM_ADMIN_SOCKET=\(daemon.adminSocket)", DaemonProcess.control] + arguments
            )
            #expect(status == 64, "\(arguments): \(output)")
        }
        #expect(try daemon.control("sessions", "list", "--network", "all").output.contains("is no network"))
        #expect(try daemon.control("sessions", "show", "tag").output.contains("is no tag"))
        #expect(try daemon.control("users", "--pool", "shop").output.contains("its pools are: default"))
        let unasked = try daemon.control("sessions", "end", "--all")
        #expect(unasked.status == 1 && unasked.output.contains("give --yes"))
    }

    @Test func endedSessionFreesItsLockAndIsInTheLog() throws {
        try write("alice", as: "alice")
        let (holder, waiter) = (try daemon.client(), try daemon.client())
        let version = try #require(try holder.read(session("alice")).version)
        try waiter.send(.read(.init(session: session("alice"), lock: true, wait: 0)))
        try daemon.await("somebody waits") { try rows(LockRow.self, "locks", "--blocking").count == 1 }
        let lock = try #require(try rows(LockRow.self, "locks").first)
        #expect(lock.holder.pid == getpid() && lock.waiters.map(\.pid) == [getpid()])
        #expect(lock.user == "alice" && lock.pool == "default")
        let table = try lines("locks")
        #expect(table.count == 3 && table[1].contains("held") && table[2].contains("waiting"))

        #expect(try lines("sessions", "end", lock.tag) == ["1 session ended; 1 lock freed"])
        guard case .absent = try waiter.receive() else {
            Issue.record("the waiter does not go on")
            return
        }
        try waiter.send(.release)
        #expect(try holder.write("late".utf8, to: session("alice"), version: version).error == .gone)
        let line = try #require(daemon.log.split(separator: "\n").last { $0.contains("session destroyed") })
        #expect(line.contains("ended by an administrator") && line.contains("uid=\(getuid())"), "\(line)")
        #expect(line.contains(lock.tag))
        let again = try daemon.control("sessions", "end", lock.tag)
        #expect(again.status == 1 && again.output.contains("there is no session \(lock.tag)"))
        #expect(try daemon.control("locks").output == "cloakroomctl: no request has a session\n")
    }

    @Test func usersAreListedAndTheirSessionsEnd() throws {
        for number in 0..<300 { try write("a\(number)", as: "user\(number % 100)") }
        try write("b", as: "often")
        for number in 0..<4 { try write("c\(number)", as: "often") }
        #expect(try rows(UserRow.self, "users").count == 101)
        let often = try rows(UserRow.self, "users", "--min-sessions", "4")
        #expect(often.map(\.user) == ["often"] && often.map(\.sessions) == [5])
        #expect(try lines("sessions", "end", "--user", "often", "--yes") == ["5 sessions ended"])
        #expect(try rows(UserRow.self, "users").count == 100)
        #expect(try lines("sessions", "end", "--all", "--yes").last == "300 sessions ended")
        #expect(try lines("users") == ["cloakroomctl: no users"])
        #expect(daemon.log.contains("an administrator ended all sessions"))
        #expect(!daemon.log.contains("often"), "no names of users in the log")
    }

    @Test func expiredSessionsAreRemoved() throws {
        #expect(daemon.stop() == 0)
        // The daemon's own sweep comes once, at the start.
        let configuration = "[sessions]\nsweep_interval = 86400\nremember_ended = 0\n"
        try daemon.start(try daemon.configure(configuration))
        for number in 0..<50 { try write("a\(number)", lifetime: 5) }
        try write("b")
        clock.advance(seconds: 120)
        let pools = try lines("gc", "--json").last
        let removed = try #require(pools.flatMap { try? JSONDecoder().decode(AdminReply.self, from: Data($0.utf8)) })
        #expect(removed == .sessions(.collected([Collected(pool: "default", removed: 50)])))
        #expect(try rows(SessionRow.self, "sessions", "list", "--state", "all").count == 1)
        #expect(try lines("gc").last == "pool default: 0 expired records removed")
    }

    @Test func listsOfSeveralPoolsNameThemAndATagIsEndedInItsPoolOnly() throws {
        let bench = try PoolBench()
        try bench.start()
        for (user, id) in [(PoolBench.User.web, "a"), (.shop, "b"), (.shop, "c")] {
            #expect(try bench.client(user).write("text".utf8, to: session(id), version: 0).version != nil)
        }
        let list = try bench.daemon.control("sessions", "list").output.split(separator: "\n")
        #expect(list.count == 4 && list[0].hasPrefix("POOL"), "\(list)")
        #expect(list.count { $0.hasPrefix("shop ") } == 2)
        let shop = try bench.daemon.control("sessions", "list", "--pool", "shop").output.split(separator: "\n")
        #expect(shop.count == 3 && shop[0].hasPrefix("TAG"), "\(shop)")
        let tag = String(try #require(shop[1].split(separator: " ").first))
        #expect(try bench.daemon.control("sessions", "end", tag, "--pool", "default").status == 1)
        #expect(try bench.daemon.control("sessions", "end", tag).output == "1 session ended\n")
        #expect(
            try bench.daemon.control("sessions", "end", "--all", "--pool", "shop", "--yes").output.hasSuffix(
                "1 session ended\n"
            )
        )
        #expect(try bench.daemon.control("sessions", "list").output.split(separator: "\n").count == 2)
        #expect(
            try bench.daemon.control("verify").output.split(separator: "\n").count { $0.contains("all is well") } == 3
        )
        #expect(try bench.daemon.control("verify", "--pool", "blog").output.contains("pool blog: all is well"))
    }

    /// The client reads nothing, so the daemon has to stop in the midst of the list, and its memory does not grow with it.
    @Test func clientThatReadsNothingIsWaitedForAndGoesAwayUnnoticed() throws {
        let writer = try daemon.client()
        for number in 0..<6000 {
            let written = try writer.write("text".utf8, to: session("a\(number)"), version: 0)
            try #require(written.version != nil)
        }
        var silent: ProtocolClient? = try ProtocolClient(path: daemon.adminSocket)
        try silent?.send(try AdminFrame.bytes(of: AdminRequest.sessions(.list(SessionSelection()))))
        // The others are served meanwhile.
        #expect(try lines("sessions", "list", "--json").count == 6000)
        #expect(try lines("sessions", "list", "--limit", "1").count == 3)
        silent = nil
        for _ in 0..<20 { #expect(throws: Never.self) { try daemon.administrator() } }
        #expect(daemon.stop() == 0, "\(daemon.log)")
    }

    /// Changes what is stored, with the daemon stopped.
    private func damage(_ body: (RocksDBStore) throws -> Void) throws {
        #expect(daemon.stop() == 0, "\(daemon.log)")
        let store = try RocksDBStore(directory: daemon.stateDirectory, durability: .process)
        do { try body(store) } catch {
            store.close()
            throw error
        }
        store.close()
    }

    @Test func verificationNamesWhatIsDamagedAndCountsAll() throws {
        for number in 0..<300 { try write("a\(number)", as: "user\(number % 7)") }
        let whole = try lines("verify")
        #expect(whole.last?.contains("all is well; checked: 300 sessions") == true, "\(whole)")
        var addresses: [SessionAddress] = []
        try damage { store in
            let records = try store.metadata(after: nil, limit: 1000)
            addresses = records.map(\.address)
            var value = records[10].value
            value[50] ^= 1
            try store.replaceMetadata(at: records[10].address, with: value)
            try store.replaceMetadata(at: records[11].address, with: records[12].value)
            let entry = try #require(try store.expiryEntries(after: nil, limit: 1).first)
            let stray = ExpiryFiling(slot: ExpirySlot(UnixTime(seconds: entry.slot.time.seconds + 9999)), kibibytes: 1)
            try store.apply(
                RecordUpdate(
                    address: records[20].address,
                    metadata: records[20].value,
                    body: nil,
                    previousExpiry: nil,
                    expiry: stray
                )
            )
        }
        try daemon.start()
        let (status, output) = try daemon.control("verify", "--limit", "2")
        #expect(status == 1)
        #expect(output.contains("record \(addresses[10].tag): metadata: not authentic"), "\(output)")
        #expect(output.contains("record \(addresses[11].tag): metadata: not authentic"), "\(output)")
        #expect(!output.contains("\(addresses[20].tag)"))
        #expect(output.contains("3 findings, of which 2 are named"), "\(output)")
        let all = try daemon.control("verify", "--json").output
        #expect(
            all.contains("\"reason\":\"an expiry entry that is not its record's\",\"tag\":\"\(addresses[20].tag)\""),
            "\(all)"
        )
        #expect(try daemon.client().ask(.ping) == .pong)
    }

    @Test func verificationSaysWhatTheEngineCannotRead() throws {
        for number in 0..<300 { try write("a\(number)") }
        var values: [[UInt8]] = []
        var address = SessionAddress.none
        try damage { store in
            // Into tables, of which nothing is in memory after the start.
            try store.compact()
            address = try store.metadata(after: nil, limit: 200)[150].address
            values = [try #require(try store.body(at: address)), try #require(try store.metadata(at: address))]
        }
        for value in values { try flip(value) }
        try daemon.start()
        let (status, output) = try daemon.control("verify")
        #expect(status == 1)
        #expect(output.contains("the engine cannot read the metadata behind this one"), "\(output)")
        #expect(output.contains("the engine cannot read the bodies behind this one"), "\(output)")
        #expect(!output.contains("not authentic"), "\(output)")
        let checked = try #require(output.firstMatch(of: /checked: (\d+) sessions/)).1
        #expect(try #require(Int(checked)) > 150, "the walk goes on behind the damage: \(output)")
        #expect(try daemon.client().ask(.ping) == .pong)
    }

    /// Flips a bit of a value in the table that has it.
    private func flip(_ value: [UInt8]) throws {
        let directory = daemon.stateDirectory + "/rocksdb"
        for name in try FileManager.default.contentsOfDirectory(atPath: directory) where name.hasSuffix(".sst") {
            let file = URL(fileURLWithPath: directory + "/" + name)
            var bytes = try Data(contentsOf: file)
            guard let place = bytes.range(of: Data(value)) else { continue }
            bytes[place.lowerBound + 20] ^= 1
            let handle = try FileHandle(forUpdating: file)
            try handle.seek(toOffset: UInt64(place.lowerBound + 20))
            try handle.write(contentsOf: [bytes[place.lowerBound + 20]])
            return try handle.close()
        }
        Issue.record("no table has the value")
    }
}
