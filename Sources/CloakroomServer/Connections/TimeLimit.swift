// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// A time limit on what is under way on an event loop, and is begun anew after each end.
struct TimeLimit {
    private let amount: TimeAmount
    private var end: Scheduled<Void>?

    /// A limit that does not run yet.
    init(_ amount: TimeAmount) { self.amount = amount }

    /// The limit in whole seconds, for messages.
    var seconds: Int64 { amount.nanoseconds / 1_000_000_000 }

    /// Begins, unless it runs already. `exceeded` is called at its end, on the event loop, which is the present one.
    mutating func start(on eventLoop: any EventLoop, _ exceeded: @escaping () -> Void) {
        guard end == nil else { return }
        end = eventLoop.assumeIsolated().scheduleTask(in: amount, exceeded)
    }

    /// Ends it in time.
    mutating func stop() {
        end?.cancel()
        end = nil
    }
}
