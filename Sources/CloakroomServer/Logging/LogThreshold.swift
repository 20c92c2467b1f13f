// SPDX-License-Identifier: Apache-2.0

public import Logging
import Synchronization

/// The least important level that is logged, which can be changed while loggers use it.
public final class LogThreshold: Sendable {
    // Its place among all levels: every message that might be logged asks for it.
    private let place: Atomic<Int>

    /// A threshold.
    public init(_ level: Logger.Level) { place = Atomic(Self.place(of: level)) }

    /// The level now.
    public var level: Logger.Level {
        get { Logger.Level.allCases[place.load(ordering: .relaxed)] }
        set { place.store(Self.place(of: newValue), ordering: .relaxed) }
    }

    private static func place(of level: Logger.Level) -> Int { Logger.Level.allCases.firstIndex(of: level) ?? 0 }
}
