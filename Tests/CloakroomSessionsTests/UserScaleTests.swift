// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomProcessKit
import CloakroomRocksDB
import CloakroomSessions
import CloakroomStore
import CloakroomTestKit
import Logging
import Testing

/// 10,000 sessions of 1,000 users.
@Suite("Many users", .timeLimit(.minutes(10))) struct UserScaleTests {
    private static let users = 1000
    private static let sessions = 10_000

    private struct Many {
        let clock = ManualClock()
        let store: any SessionStore
        let service: SessionService
        let sealer: SessionSealer

        init(_ store: any SessionStore) throws {
            try SecureHeap.prepare()
            self.store = store
            let keyring = try Keyring([MasterKey(SecureBytes.random(count: MasterKey.length))])
            sealer = try SessionSealer.open(store, keyring: keyring, pool: .standard)
            service = SessionService(
                store: store,
                sealer: sealer,
                rules: SessionRules(
                    maximumData: 1 << 20,
                    lockWait: .seconds(1),
                    lockHold: .seconds(1),
                    maximumWaiters: 1
                ),
                clock: clock,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            )
        }

        func user(_ number: Int) throws -> UserName { try #require(UserName("user\(number)".utf8)) }

        func make() async throws {
            let client = SessionClient(pid: 1)
            for number in 0..<UserScaleTests.sessions {
                let write = SessionWrite(
                    session: try Bench.session("s\(number)"),
                    version: 0,
                    token: UInt64(number + 1),
                    lifetime: 1000,
                    data: SessionData([1]),
                    identification: .user(try user(number % UserScaleTests.users))
                )
                _ = try await service.write(write, for: client).version
            }
        }

        /// The addresses of all members of all groups, by user.
        func members() throws -> [Set<SessionAddress>] {
            try (0..<UserScaleTests.users).map {
                Set(try store.members(of: sealer.group(of: user($0)), after: nil, limit: .max))
            }
        }

        func entries() throws -> Set<ExpiryEntry> {
            Set(try store.expiryEntries(through: UnixTime(seconds: .max), limit: .max))
        }
    }

    private func check(_ many: Many) async throws {
        try await many.make()
        var members = try many.members()
        let entries = try many.entries()
        #expect(members.allSatisfy { $0.count == 10 } && entries.count == Self.sessions)

        let own = try Bench.session("s7")
        let ended = try await many.service.endSessions(
            .all,
            ofUser: many.user(7),
            own: own,
            for: SessionClient(pid: 1)
        )
        #expect(ended == EndedSessions(count: 10, includesOwn: true))
        let gone = members[7]
        members[7] = []
        // The macro would print all of them.
        let areOthersAsBefore = try many.members() == members
        #expect(areOthersAsBefore)
        let areEntriesAsBefore = try many.entries() == entries.filter { !gone.contains($0.address) }
        #expect(areEntriesAsBefore)
        #expect(many.service.statistics.changes == Self.sessions + 10)

        many.clock.advance(seconds: 2000)
        while try await many.service.collect() > 0 {}
        // What is left goes in the background.
        try await eventually { (try? many.entries().isEmpty) == true }
        #expect(try many.members().allSatisfy(\.isEmpty))
    }

    @Test("ending one user's sessions touches only those, and nothing is left of what has expired: RocksDB")
    func rocksDB() async throws {
        let directory = try TemporaryDirectory()
        let store = try RocksDBStore(directory: directory.path(of: "state"), durability: .process)
        try await check(try Many(store))
        store.close()
    }
}
