// SPDX-License-Identifier: Apache-2.0

/// Counts the unknown session ids that each client sends in a minute, and says what to do about it. Pure logic;
/// ``GuessingWatch`` adds the lock.
///
/// A client is refused when it has sent too many in a minute, from then until ``GuessingLimits/refuseFor`` after that
/// minute's end. Minutes are the same for all clients.
///
/// There is room for a fixed number of clients. When it is used up, those are forgotten first of whom this minute knows nothing, then
/// those who have sent fewest ids, and among them those who stand there longest; a client that is refused is not forgotten. So
/// what a client is told is never worse than what it would be told if there were no others, and whoever has many addresses can only
/// have those forgotten who have sent no more than each of his addresses.
public struct UnknownIDCounter<Client: Hashable & Sendable>: Sendable {
    /// Clients that have sent more are all taken to be equally suspicious.
    private static var highestLevel: Int { 4096 }
    // The lists of `ages`.
    private static var counted: Int { 0 }
    private static var refused: Int { 1 }

    private struct Entry: Equatable {
        var client: Client
        var minute: Int64
        var count = 0
        /// The end of the time for which the client is or was refused.
        var refusedUntil: ContinuousClock.Instant?
    }

    /// The limits in force.
    public let limits: GuessingLimits

    private let capacity: Int
    private let start: ContinuousClock.Instant
    private var entries: [Entry] = []
    private var slots: [Client: Int] = [:]
    // Slots by time, earliest first: by the minute of those counted, and by the end of those refused.
    private var ages = SlotLists(count: 2)
    // Slots of those counted by how many ids they have sent, in the order in which they came to that number.
    private var levels: SlotLists
    private let levelCount: Int
    // There is nobody below this level.
    private var lowestLevel = 0

    /// Counts for so many clients at a time, in minutes from `start`.
    public init(_ limits: GuessingLimits, capacity: Int, start: ContinuousClock.Instant) {
        self.limits = limits
        self.capacity = max(capacity, 1)
        self.start = start
        levelCount = min(limits.mostBeforeRefusal ?? Self.highestLevel, Self.highestLevel) + 1
        levels = SlotLists(count: levelCount)
    }

    /// The number of clients that are known.
    public var count: Int { slots.count }

    /// Notes that a client has sent an unknown id, and says what to do. Times must not run backwards.
    public mutating func note(_ client: Client, now: ContinuousClock.Instant) -> GuessingVerdict {
        guard limits.idsPerMinute > 0 else { return .fine }
        let minute = Int64(start.duration(to: now) / GuessingLimits.window)
        guard let slot = slots[client] ?? insert(client, minute, now: now) else { return .fine }
        settle(slot, minute, now: now)
        entries[slot].count += 1
        if let most = limits.mostBeforeRefusal, entries[slot].count > most { return refuse(slot) }
        if let until = entries[slot].refusedUntil { return .refused(until: until, isNew: false) }
        rank(slot)
        switch entries[slot].count {
        case ...limits.idsPerMinute: return .fine
        case limits.idsPerMinute + 1: return .reported(delay: limits.delay)
        default: return .slowed(delay: limits.delay)
        }
    }

    /// Until when a client is refused; `nil` when it is not.
    public func refusal(of client: Client, now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        guard let slot = slots[client], let until = entries[slot].refusedUntil, until > now else { return nil }
        return until
    }

    private mutating func refuse(_ slot: Int) -> GuessingVerdict {
        let end = start.advanced(by: GuessingLimits.window * Double(entries[slot].minute + 1))
        let until = end.advanced(by: limits.refuseFor)
        let isNew = entries[slot].refusedUntil == nil
        entries[slot].refusedUntil = until
        ages.move(slot, toEndOf: Self.refused)
        levels.remove(slot)
        return .refused(until: until, isNew: isNew)
    }

    /// A slot for a client that has none; `nil` when all are taken by clients that are refused.
    private mutating func insert(_ client: Client, _ minute: Int64, now: ContinuousClock.Instant) -> Int? {
        let slot: Int
        if entries.count < capacity {
            slot = entries.count
            entries.append(Entry(client: client, minute: minute))
            ages.addSlot()
            levels.addSlot()
        } else {
            guard let leastSuspicious = leastSuspicious(minute, now: now) else { return nil }
            slot = leastSuspicious
            slots[entries[slot].client] = nil
            levels.remove(slot)
            entries[slot] = Entry(client: client, minute: minute)
        }
        slots[client] = slot
        ages.move(slot, toEndOf: Self.counted)
        return slot
    }

    /// The slot of the client that is forgotten first.
    private mutating func leastSuspicious(_ minute: Int64, now: ContinuousClock.Instant) -> Int? {
        if let slot = ages.first(of: Self.counted), entries[slot].minute < minute { return slot }
        if let slot = ages.first(of: Self.refused), refusal(of: entries[slot].client, now: now) == nil { return slot }
        while lowestLevel < levelCount {
            if let slot = levels.first(of: lowestLevel) { return slot }
            lowestLevel += 1
        }
        return nil
    }

    /// Leaves behind what is over: an earlier minute, and the time for which the client was refused.
    private mutating func settle(_ slot: Int, _ minute: Int64, now: ContinuousClock.Instant) {
        var entry = entries[slot]
        if entry.minute != minute { entry.count = 0 }
        entry.minute = minute
        if let until = entry.refusedUntil, until <= now { entry.refusedUntil = nil }
        guard entry != entries[slot] else { return }
        entries[slot] = entry
        if entry.refusedUntil == nil { ages.move(slot, toEndOf: Self.counted) }
    }

    private mutating func rank(_ slot: Int) {
        let level = entries[slot].count
        // Those at the highest level stay in the order in which they came to it.
        guard level < levelCount else { return }
        levels.move(slot, toEndOf: level)
        lowestLevel = min(lowestLevel, level)
    }
}
