// SPDX-License-Identifier: Apache-2.0

/// The bytes of one connection that count against its user's share: those of a request that is arriving or being carried
/// out, and those of answers that the client has not taken, unless they are small.
struct ConnectionBytes {
    private let share: ClientShare
    private var request = 0
    /// The bytes of large answers that the client has not taken.
    private(set) var answers = 0

    init(share: ClientShare) { self.share = share }

    /// Counts a request of which so many bytes have arrived; `false` when the user's share is used up.
    mutating func hold(request size: Int) -> Bool {
        guard size > ClientLimits.smallMessage, size > request else { return true }
        guard share.take(size - request) else { return false }
        request = size
        return true
    }

    /// Counts no more of requests than what is left of them.
    mutating func settle(request size: Int) {
        let left = size > ClientLimits.smallMessage ? size : 0
        guard left < request else { return }
        share.give(request - left)
        request = left
    }

    /// Counts a large answer; `false` when the user's share is used up.
    mutating func hold(answer size: Int) -> Bool {
        guard share.take(size) else { return false }
        answers += size
        return true
    }

    /// Counts a large answer no more.
    mutating func release(answer size: Int) {
        answers -= size
        share.give(size)
    }
}
