// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomStore

extension ExpiryFiling {
    /// What a record takes besides the session data: sealed metadata (297 bytes), the body's overhead (37), the address
    /// twice (64), and the expiry entry (44).
    private static let overhead: UInt64 = 297 + 37 + 64 + 44
    /// What comes on top for a user, besides the name: the group in the expiry entry (32 bytes), and the index entry (64).
    private static let userOverhead: UInt64 = 32 + 64

    /// What is filed with a session of such metadata.
    init(_ metadata: SessionMetadata) {
        let user = metadata.user.map { Self.userOverhead + UInt64($0.name.bytes.count) } ?? 0
        let (bytes, overflow) = metadata.size.addingReportingOverflow(Self.overhead + user)
        let kibibytes = overflow ? .max : bytes / 1024 + (bytes % 1024 == 0 ? 0 : 1)
        self.init(
            slot: ExpirySlot(metadata.expirySlot),
            kibibytes: UInt32(clamping: kibibytes),
            group: metadata.user?.group
        )
    }
}

extension SessionMetadata {
    /// The shortest lifetime. PHP's configuration allows `session.gc_maxlifetime = 0`; a session must live to be read once.
    static let shortestLifetime: UInt64 = 1

    /// How far ahead a session's last use may be, in seconds. It is, when the machine lost the time since the last sweep with its
    /// wall clock; two days are more than the longest pause between sweeps.
    private static let greatestLead: UInt64 = 2 * 86_400

    /// The metadata of a session that is made now; with `heir` under a new id, in place of another.
    static func make(dataKey: DataKey, microseconds: UInt64, heir: Inheritance? = nil) -> SessionMetadata {
        let now = UnixTime(seconds: microseconds / 1_000_000)
        return SessionMetadata(
            dataKey: dataKey,
            // Time-based, so that a session made again under an old id does not begin at a version somebody still holds.
            version: microseconds,
            writeToken: 0,
            created: heir?.created ?? now,
            lastSeen: now,
            lifetime: shortestLifetime,
            deadline: now,
            // There is no entry yet.
            expirySlot: UnixTime(seconds: .max),
            bodyExpires: now,
            size: 0,
            successor: heir?.successor,
            tokenFamily: heir?.tokenFamily,
            binding: heir?.binding ?? SessionBinding(),
            user: heir?.user
        )
    }

    /// Notes that the contents were written at `now`, to live `lifetime` seconds from then, as far as the rules let it.
    mutating func contentsWereWritten(
        size: Int,
        token: UInt64,
        lifetime: UInt32,
        now: UnixTime,
        _ rules: LifetimeRules,
        isNew: Bool
    ) {
        wasSeen(lifetime: lifetime, now: now, rules, isNew: isNew)
        writeToken = token
        self.size = UInt64(size)
        bodyExpires = slackExpiry
    }

    /// Notes that the session was used at `now`, to live `lifetime` seconds from then, as far as the rules let it.
    mutating func wasSeen(lifetime seconds: UInt32, now: UnixTime, _ rules: LifetimeRules, isNew: Bool = false) {
        lastSeen = now
        lifetime = rules.idle(seconds)
        if isNew, let first = rules.first { lifetime = max(min(first, lifetime), Self.shortestLifetime) }
        deadline = min(now.advanced(by: lifetime), rules.end(created: created, lifetime: lifetime))
            .advanced(by: rules.remembered)
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

extension SessionMetadata {
    /// Why a session cannot be used any more.
    enum End {
        /// It was not used for too long.
        case idle
        /// It has lived for too long.
        case tooOld
        /// Its id was replaced.
        case replaced
        /// It was destroyed, and that is remembered.
        case destroyed
    }

    /// Whether the session is over. The record may be there for longer, so that a visitor can be told why.
    func end(now: UnixTime, _ rules: LifetimeRules) -> End? {
        if let retired, retired <= now { return isDestroyed ? .destroyed : .replaced }
        if lastSeen.advanced(by: lifetime) <= now { return .idle }
        // One of a time to come is of a clock that was wrong by more than a year (``SteadyClock/Start/reset(ahead:)``), and would
        // otherwise live on until then.
        if lastSeen > now.advanced(by: Self.greatestLead) { return .idle }
        return rules.end(created: created, lifetime: lifetime) <= now ? .tooOld : nil
    }

    /// Whether the use of an id that was replaced is to be reported. Requests that were under way when it was are refused, and are
    /// nobody's fault.
    func isReuse(now: UnixTime, _ rules: LifetimeRules) -> Bool {
        guard let retired else { return false }
        // An id that died at once has lost its contents; the other one had its grace.
        return size == 0 ? retired.advanced(by: rules.grace) <= now : retired <= now
    }

    /// Whether nothing is left of it but that it was destroyed.
    var isDestroyed: Bool { retired != nil && lastSeen == .never }

    /// Leaves nothing of the session but that it was destroyed at `now`, for as long as a copy of it could be taken for alive.
    mutating func destroy(at now: UnixTime) {
        version += 1
        writeToken = 0
        retired = now
        lastSeen = .never
        size = 0
        user = nil
        successor = nil
        tokenFamily = nil
        binding = SessionBinding()
        deadline = now.advanced(by: lifetime)
        bodyExpires = deadline
        expirySlot = expirySlot > now ? min(expirySlot, dueSlot) : dueSlot
    }

    /// Takes the session's id out of use at a time.
    mutating func retire(at time: UnixTime) {
        if let retired, retired <= time { return }
        retired = time
    }
}

extension UnixTime {
    /// When a session was seen last that no longer is one.
    fileprivate static let never = UnixTime(seconds: 0)
}
