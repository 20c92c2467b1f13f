// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomProcessKit
import CloakroomRocksDB
import CloakroomStore
import CloakroomTestKit
import Logging
import Testing

@testable import CloakroomSessions

/// The rules over a store of either kind, with a keyring that changes.
struct RotationBench {
    /// Which store.
    enum Engine: CaseIterable {
        case memory
        case rocksDB
    }

    let store: any SessionStore
    let service: SessionService
    let log = LogRecorder()
    let clock: ManualClock
    private let directory: TemporaryDirectory?

    /// A new store.
    init(_ keys: [MasterKey], _ engine: Engine = .memory) throws {
        let clock = ManualClock()
        switch engine {
        case .memory: try self.init(MemoryStore(), keys, clock: clock, directory: nil)
        case .rocksDB:
            let directory = try TemporaryDirectory()
            let store = try Self.open(directory.path(of: "state"), clock)
            try self.init(store, keys, clock: clock, directory: directory)
        }
    }

    private init(
        _ store: any SessionStore,
        _ keys: [MasterKey],
        clock: ManualClock,
        directory: TemporaryDirectory?
    ) throws {
        try SecureHeap.prepare()
        self.store = store
        self.clock = clock
        self.directory = directory
        let log = log
        service = SessionService(
            store: store,
            sealer: try SessionSealer.open(store, keyring: Keyring(keys), pool: .standard),
            rules: SessionRules(
                maximumData: 1 << 20,
                lockWait: .seconds(20),
                lockHold: .seconds(600),
                maximumWaiters: 8
            ),
            clock: clock,
            logger: Logger(label: "test") { _ in log }
        )
    }

    static func open(_ directory: String, _ clock: ManualClock) throws -> RocksDBStore {
        try RocksDBStore(directory: directory, durability: .process, clock: CompactionClock { clock.now() })
    }

    static func makeKey() throws -> MasterKey {
        try SecureHeap.prepare()
        return try MasterKey(SecureBytes.random(count: MasterKey.length))
    }

    /// The state directory of the store, if it has one.
    var state: String? { directory?.path(of: "state") }

    /// The store in memory.
    var memory: MemoryStore {
        get throws { try #require(store as? MemoryStore) }
    }

    func close() { (store as? RocksDBStore)?.close() }

    /// Rules that have seen nothing of the store, as after a start of the daemon.
    func restarted(_ keys: [MasterKey]) throws -> RotationBench {
        guard let state else { return try RotationBench(store, keys, clock: clock, directory: nil) }
        close()
        return try RotationBench(try Self.open(state, clock), keys, clock: clock, directory: directory)
    }

    static func session(_ number: Int) throws -> SessionReference { try Bench.session("session\(number)") }

    /// Makes numbered sessions, every third of a user.
    func make(_ numbers: Range<Int>) async throws {
        for number in numbers {
            let user: Identification? = number % 3 == 0 ? try Bench.user("user\(number % 7)") : nil
            _ = try await write("text \(number)", number, version: 0, as: user)
        }
    }

    @discardableResult
    func write(
        _ text: String,
        _ number: Int,
        version: UInt64,
        as user: Identification? = nil,
        _ client: SessionClient = SessionClient(pid: 1)
    ) async throws -> UInt64 {
        let write = SessionWrite(
            session: try Self.session(number),
            version: version,
            token: .random(in: 1...(.max)),
            lifetime: 1440,
            data: SessionData(Array(text.utf8)),
            identification: user
        )
        return try await service.write(write, for: client).version
    }

    /// A session's text and version; `nil` when there is none.
    func read(_ number: Int) throws -> (text: String, version: UInt64)? {
        guard case .found(let version, let data) = try service.readSnapshot(Self.session(number)) else { return nil }
        return (String(decoding: data.bytes, as: UTF8.self), version)
    }

    /// Expects that numbered sessions are as ``make(_:)`` made them.
    func expectSessions(_ numbers: Range<Int>) throws {
        for number in numbers { #expect(try read(number)?.text == "text \(number)", "session \(number)") }
    }

    /// How many records each key seals, as they say.
    func counts() throws -> [KeyID: Int] {
        try store.metadata(after: nil, limit: .max).reduce(into: [:]) { counts, record in
            if let id = SessionSealer.keyID(of: record.value) { counts[id, default: 0] += 1 }
        }
    }

    /// Whether a rotation is marked as under way.
    var isMarked: Bool {
        get throws { try store.property(.rotation(of: .standard)) != nil }
    }

    @discardableResult
    func rotate(
        progress: @escaping @Sendable (RotationProgress) -> Void = { _ in }
    ) async throws -> RotationOutcome {
        try await service.rotateKeys(progress: progress)
    }
}
