// SPDX-License-Identifier: Apache-2.0

import CloakroomClient
import CloakroomCore

/// What is done about clients that send unknown ids: their answers are delayed as long as that holds up nobody else, and they are
/// refused if an operator wants that.
final class GuessingGuard: Sendable {
    /// A delayed answer keeps a PHP worker, so that whoever guesses could take them all.
    private static let mostDelayed = 2
    /// Who has one IPv6 address has all of such a network (RFC 6177).
    private static let bitsOfIPv6 = 64

    private let watch: GuessingWatch<AddressPrefix>
    private let limits: GuessingLimits
    private let delayed = Locked<Set<AddressPrefix>>([])
    private let recent = Locked(RecentUnknownIDs())

    init(_ limits: GuessingLimits) {
        self.limits = limits
        watch = GuessingWatch(limits)
    }

    /// What becomes of an unknown id.
    enum Decision: Equatable {
        /// It is answered.
        case answered
        /// It is answered after a time; then ``endDelay(of:)`` is called.
        case delayed(AddressPrefix, Duration)
        /// It is refused.
        case refused
    }

    /// Whether anything is counted.
    var isOn: Bool { limits.idsPerMinute > 0 }

    /// Counts an unknown id, and answers what to do, and whether that is to be reported.
    func note(_ browser: Browser) -> (Decision, isNew: Bool) {
        guard isOn, let client = Self.client(of: browser) else { return (.answered, false) }
        switch watch.note(client) {
        case .fine: return (.answered, false)
        case .reported(let delay): return (beginDelay(of: client, delay), true)
        case .slowed(let delay): return (beginDelay(of: client, delay), false)
        case .refused(_, let isNew): return (.refused, isNew)
        }
    }

    /// Counts an unknown id of somebody whose answers are never delayed, unless the same browser sent the same one less than a minute
    /// ago, and answers whether it is refused, and whether that or its rate is to be reported.
    func noteOnceAMinute(_ id: SessionAddress, of browser: Browser) -> (isRefused: Bool, isNew: Bool) {
        guard isOn, let client = Self.client(of: browser) else { return (false, false) }
        return recent.withLock { recent in
            let now = ContinuousClock.now
            if let isRefused = recent.isRefused(id, of: client, now: now) { return (isRefused, false) }
            let (isRefused, isNew) =
                switch watch.note(client) {
                case .fine, .slowed: (false, false)
                case .reported: (false, true)
                case .refused(_, let isNew): (true, isNew)
                }
            recent.note(id, of: client, isRefused: isRefused, now: now)
            return (isRefused, isNew)
        }
    }

    private static func client(of browser: Browser) -> AddressPrefix? {
        let bits = browser.address.family == .ipv4 ? browser.address.family.bitCount : bitsOfIPv6
        return AddressPrefix(browser.address, length: bits)
    }

    private func beginDelay(of client: AddressPrefix, _ delay: Duration) -> Decision {
        delayed.withLock { delayed in
            guard delayed.count < Self.mostDelayed, delayed.insert(client).inserted else { return .answered }
            return .delayed(client, delay)
        }
    }

    /// Ends what a decision began.
    func endDelay(of client: AddressPrefix) { delayed.withLock { _ = $0.remove(client) } }
}
