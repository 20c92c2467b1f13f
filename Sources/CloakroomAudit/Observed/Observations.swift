// SPDX-License-Identifier: Apache-2.0

/// What a running host says of itself, which is in no file.
public struct Observations: Sendable {
    /// What the daemon says.
    public enum Daemon: Hashable, Sendable {
        /// It was not asked: this is not its host, or nothing of it is running.
        case notAsked
        /// It has answered, and is of this version.
        case running(version: String)
        /// This user may not ask it.
        case notAllowed
        /// It has not answered, and why.
        case silent(reason: String)
    }

    /// What a pool of FPM says.
    public struct Pool: Sendable {
        /// The pool, of ``AuditedHost/runtimes``.
        public let runtime: PHPRuntime
        /// What came of asking it.
        public let outcome: ProbeOutcome

        /// Joins the two.
        public init(runtime: PHPRuntime, outcome: ProbeOutcome) {
            self.runtime = runtime
            self.outcome = outcome
        }
    }

    /// What systemd thinks of the daemon's sandbox, from 0 (tight) to 10 (open); `nil`: it could not be asked.
    public var exposure: Double?
    /// What the daemon says.
    public var daemon = Daemon.notAsked
    /// What each pool says; none when they were not asked.
    public var pools: [Pool] = []

    /// Nothing was observed.
    public init() {}
}
