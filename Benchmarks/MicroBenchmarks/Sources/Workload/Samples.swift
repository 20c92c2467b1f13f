// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomSessions
import CloakroomStore

/// What the operations work on.
enum Samples {
    /// As many as PHP-FPM workers and clients touch in turn, so that no operation profits from meeting one session only.
    static let sessions = 64
    /// The size of a session's data in most operations.
    static let size = 2048

    /// The size of a session's data in the others.
    static let large = 64 << 10
    /// The daemon's limits unless it is configured otherwise.
    static let maximumData = 16 << 20
    /// 2100-01-01 UTC: the store of the benchmarks drops what has expired by the system's clock.
    static let time = UnixTime(seconds: 4_102_444_800)
    static let wait = Duration.seconds(30)

    /// A sealer with a new key; its address key is in the store.
    static func sealer(for store: some SessionStore = EmptyStore()) throws -> SessionSealer {
        try SecureHeap.prepare()
        let keyring = try Keyring([MasterKey(SecureBytes.random(count: MasterKey.length))])
        return try SessionSealer.open(store, keyring: keyring, pool: .standard)
    }

    static func session(_ number: Int) throws -> SessionReference {
        let digits = String(number)
        let id = String(repeating: "0", count: 32 - digits.count) + digits
        return SessionReference(
            name: try require(SessionName("PHPSESSID".utf8), "a session name"),
            id: try require(SessionID(id.utf8), "a session id")
        )
    }

    /// Bytes that differ, so that nothing is gained by compressing them.
    static func data(_ count: Int = size) -> SessionData {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        return SessionData(
            (0..<count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 56)
            }
        )
    }

    static func metadata() throws -> SessionMetadata {
        return SessionMetadata(
            dataKey: try DataKey.random(),
            version: 1,
            writeToken: 1,
            created: time,
            lastSeen: time,
            lifetime: 1440,
            deadline: time.advanced(by: 1440),
            expirySlot: time.advanced(by: 1460),
            bodyExpires: time.advanced(by: 1440),
            size: UInt64(size)
        )
    }
}
