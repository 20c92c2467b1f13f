// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomStore

extension ExpiryFiling {
    /// What a record takes besides the session data: sealed metadata (224 bytes), the body's overhead (37), the address
    /// twice (64), and the expiry entry (44).
    private static let overhead: UInt64 = 224 + 37 + 64 + 44

    /// What is filed with a session of such metadata.
    init(_ metadata: SessionMetadata) {
        let (bytes, overflow) = metadata.size.addingReportingOverflow(Self.overhead)
        let kibibytes = overflow ? .max : bytes / 1024 + (bytes % 1024 == 0 ? 0 : 1)
        self.init(slot: ExpirySlot(metadata.expirySlot), kibibytes: UInt32(clamping: kibibytes))
    }
}

extension SessionMetadata {
    /// The shortest lifetime. PHP's configuration allows `session.gc_maxlifetime = 0`; a session must live to be read once.
    static let shortestLifetime: UInt64 = 1

    /// The metadata of a session that is made now.
    static func make(dataKey: DataKey, microseconds: UInt64) -> SessionMetadata {
        let now = UnixTime(seconds: microseconds / 1_000_000)
        return SessionMetadata(
            dataKey: dataKey,
            // Time-based, so that a session made again under an old id does not begin at a version somebody still holds.
            version: microseconds,
            writeToken: 0,
            created: now,
            lastSeen: now,
            lifetime: shortestLifetime,
            deadline: now,
            // There is no entry yet.
            expirySlot: UnixTime(seconds: .max),
            bodyExpires: now,
            size: 0
        )
    }

    /// Notes that the contents were written at `now`, to live `lifetime` seconds from then.
    mutating func contentsWereWritten(size: Int, token: UInt64, lifetime: UInt32, now: UnixTime) {
        wasSeen(lifetime: lifetime, now: now)
        writeToken = token
        self.size = UInt64(size)
        bodyExpires = slackExpiry
    }

    /// Notes that the session was used at `now`, to live `lifetime` seconds from then.
    mutating func wasSeen(lifetime seconds: UInt32, now: UnixTime) {
        lastSeen = now
        lifetime = max(UInt64(seconds), Self.shortestLifetime)
        deadline = now.advanced(by: lifetime)
        expirySlot = expirySlot > now ? min(expirySlot, dueSlot) : dueSlot
        if deadline > bodyExpires { bodyExpires = slackExpiry }
    }

    /// The slot of the deadline. The entry stays where it is while that is earlier: when it comes due, the sweep files it here.
    /// So it moves once in a lifetime, and not with each use of the session.
    var dueSlot: UnixTime { ExpirySlot(deadline: deadline, lifetime: lifetime).time }

    /// When a body may be dropped: a lifetime later than need be, so that a touch rewrites the body once per lifetime and
    /// not each time.
    private var slackExpiry: UnixTime { deadline.advanced(by: lifetime) }
}
