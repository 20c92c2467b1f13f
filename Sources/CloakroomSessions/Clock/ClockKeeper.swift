// SPDX-License-Identifier: Apache-2.0

public import CloakroomStore
public import Logging

/// Carries a ``SteadyClock`` over from one start of the daemon to the next, by the store, and says when the system's clock shows
/// another time.
public struct ClockKeeper: Sendable {
    /// A difference from the system's clock that is worth a message.
    public static let tolerance = Duration.seconds(60)

    private let clock: SteadyClock
    private let store: any SessionStore
    private let logger: Logger

    /// Keeps a clock in a store.
    public init(_ clock: SteadyClock, in store: any SessionStore, logger: Logger) {
        self.clock = clock
        self.store = store
        self.logger = logger
    }

    /// Starts the clock, from where the last one was. Call it once, before the clock is used for sessions.
    ///
    /// - Throws: `StoreError` when the store cannot tell where that was.
    public func start() throws(StoreError) {
        let stored = try store.property(ClockReading.property)
        let last = stored.flatMap { ClockReading(bytes: $0) }
        if stored != nil, last == nil {
            logger.warning("the time that the store keeps is none; sessions go by the system's clock")
        }
        if case .reset(let ahead) = clock.start(after: last) {
            logger.warning(
                """
                the time that the store keeps is more than a year ahead of the system's clock, which is taken instead; sessions of \
                that time have expired
                """,
                metadata: ["ahead": "\(ahead.roundedSeconds) s"]
            )
        }
    }

    /// Stores the time and compares it with the system's: to be called regularly, but never on an event loop, as it waits for
    /// the disk.
    public func keep() {
        save()
        let lead = clock.lead
        if abs(lead) > Self.tolerance {
            logger.notice(
                """
                the system's clock was set: sessions still last as long as they should, by the time that elapses, and go by the \
                system's clock again once the machine was restarted
                """,
                metadata: [lead < .zero ? "behind" : "ahead": "\(abs(lead).roundedSeconds) s"]
            )
        }
    }

    /// Stores the time. A store that takes no writes is no reason to do anything else: what it has serves as well, but for the
    /// time since.
    public func save() {
        do {
            try store.setProperty(ClockReading.property, to: clock.reading.bytes)
        } catch {
            logger.warning("the time could not be stored", metadata: ["error": "\(error)"])
        }
    }

    private func abs(_ duration: Duration) -> Duration { duration < .zero ? .zero - duration : duration }
}

extension Duration {
    fileprivate var roundedSeconds: Int64 { (self + .milliseconds(500)).components.seconds }
}
