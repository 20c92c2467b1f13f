// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomTestKit
import Logging
import Testing

@testable import CloakroomSessions

/// The rules over a store in memory, with a clock of their own.
struct Bench {
    let clock: ManualClock
    let store: MemoryStore
    let service: SessionService
    /// The events of sessions.
    let recorder: LogRecorder
    private let keyring: Keyring

    init(
        lockWait: Duration = .seconds(20),
        lockHold: Duration = .seconds(600),
        maximumWaiters: Int = 8,
        maximumSessions: Int? = nil,
        maximumTotalSize: Int? = nil,
        adjusting adjust: (inout SessionRules) -> Void = { _ in }
    ) async throws {
        try SecureHeap.prepare()
        var rules = SessionRules(
            maximumData: 1 << 20,
            lockWait: lockWait,
            lockHold: lockHold,
            maximumWaiters: maximumWaiters,
            maximumSessions: maximumSessions,
            maximumTotalSize: maximumTotalSize
        )
        adjust(&rules)
        try await self.init(
            clock: ManualClock(),
            store: MemoryStore(),
            keyring: Keyring([MasterKey(SecureBytes.random(count: MasterKey.length))]),
            rules: rules
        )
    }

    private init(clock: ManualClock, store: MemoryStore, keyring: Keyring, rules: SessionRules) async throws {
        let recorder = LogRecorder()
        let events = SessionEventLog(logger: Logger(label: "events") { _ in recorder }, selection: .all)
        self.recorder = recorder
        self.clock = clock
        self.store = store
        self.keyring = keyring
        service = SessionService(
            store: store,
            sealer: try SessionSealer.open(store, keyring: keyring, pool: .standard),
            rules: rules,
            deferredWrites: DeferredWrites(isConfigured: true),
            clock: clock,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            events: events
        )
    }

    /// The same store with rules that have seen none of it, as after a restart of the daemon.
    func restarted(adjusting adjust: (inout SessionRules) -> Void = { _ in }) async throws -> Bench {
        store.reopen()
        var rules = service.rules
        adjust(&rules)
        return try await Bench(clock: clock, store: store, keyring: keyring, rules: rules)
    }

    static func session(_ id: String = "0123456789abcdef0123456789abcdef") throws -> SessionReference {
        SessionReference(
            name: try #require(SessionName("PHPSESSID".utf8)),
            id: try #require(SessionID(id.utf8))
        )
    }

    /// Reads with the lock, and answers version and text; version 0 for an absent session.
    @discardableResult
    func read(_ session: SessionReference, _ client: SessionClient) async throws -> (version: UInt64, text: String) {
        switch try await service.readLocked(session, for: client, wait: .seconds(20)) {
        case .found(let version, let data): return (version, String(decoding: data.bytes, as: UTF8.self))
        case .absent: return (0, "")
        case .locked(let refusal):
            Issue.record("not locked: \(refusal)")
            return (0, "")
        }
    }

    func write(
        _ text: String,
        _ session: SessionReference,
        version: UInt64,
        token: UInt64 = .random(in: 1...(.max)),
        lifetime: UInt32 = 1440,
        as identification: Identification? = nil,
        authenticated: Bool = false,
        _ client: SessionClient
    ) async throws -> WriteOutcome {
        try await service.write(
            SessionWrite(
                session: session,
                version: version,
                token: token,
                lifetime: lifetime,
                data: SessionData(Array(text.utf8)),
                identification: identification,
                authenticated: authenticated
            ),
            for: client
        )
    }

    /// How many wait for a session's lock.
    func waiters(for session: SessionReference) -> Int {
        (try? service.locks.waiters(for: service.sealer.address(of: session))) ?? 0
    }

    /// Makes a session and releases it; answers its version.
    func make(
        _ session: SessionReference,
        _ text: String,
        lifetime: UInt32 = 1440,
        as user: String? = nil
    ) async throws -> UInt64 {
        let client = SessionClient(pid: 1)
        defer { service.release(client) }
        try await read(session, client)
        let identification = try user.map { try Self.user($0) }
        return try await write(text, session, version: 0, lifetime: lifetime, as: identification, client).version
    }

    /// A user, as a write says it.
    static func user(_ name: String) throws -> Identification { .user(try #require(UserName(name.utf8))) }

    /// The addresses that are filed as a user's.
    func members(_ name: String) throws -> [SessionAddress] {
        let group = try service.sealer.group(of: try #require(UserName(name.utf8)))
        return try store.members(of: group, after: nil, limit: .max)
    }
}

extension WriteOutcome {
    /// The version of a write that succeeded; 0, and a failed test, for one that did not.
    var version: UInt64 {
        guard case .written(let version) = self else {
            Issue.record("not written: \(self)")
            return 0
        }
        return version
    }
}

/// Waits for a condition that another task brings about.
func eventually(_ condition: () -> Bool) async throws {
    let end = ContinuousClock.now.advanced(by: .seconds(120))
    while !condition() {
        try #require(ContinuousClock.now < end, "it did not happen within 120 s")
        await Task.yield()
    }
}

extension SessionService {
    /// Reads as a client that serves no browser.
    func readSnapshot(_ session: SessionReference) throws -> ReadOutcome {
        try readSnapshot(session, for: SessionClient(pid: 1))
    }
}
