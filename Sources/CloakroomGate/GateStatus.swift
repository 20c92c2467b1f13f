// SPDX-License-Identifier: Apache-2.0

public import CloakroomStatus

/// How the gate and the daemon are: what the status page shows.
public struct GateStatus: Equatable, Sendable {
    /// The gate itself.
    public struct Gate: Equatable, Sendable, Codable {
        /// The version of `cloakroom-fcgi`.
        public var version: String
        /// Its process id.
        public var pid: Int32
        /// How long it has run, in milliseconds.
        public var uptime: UInt64
        /// How many requests it works at now, this one included.
        public var active: Int
        /// How many threads it has; each works at several requests at a time.
        public var threads: Int
        /// The web server's connections that are open.
        public var connections: Int
        /// The memory that it takes, in bytes (proc(5), the resident set); `nil` when the kernel does not say.
        public var memory: UInt64?
        /// What it has answered since the start, by name of ``GateStatistics/Event``.
        public var counts: [String: Int]

        /// Joins the figures.
        public init(
            version: String,
            pid: Int32,
            uptime: UInt64,
            active: Int,
            threads: Int,
            connections: Int,
            memory: UInt64?,
            counts: [String: Int]
        ) {
            self.version = version
            self.pid = pid
            self.uptime = uptime
            self.active = active
            self.threads = threads
            self.connections = connections
            self.memory = memory
            self.counts = counts
        }
    }

    /// What the daemon says, or why it does not.
    public enum Daemon: Equatable, Sendable {
        /// It answers.
        case answers(StatusSnapshot)
        /// It does not, for this reason.
        case away(String)
    }

    /// The gate.
    public var gate: Gate
    /// The daemon.
    public var daemon: Daemon

    /// Joins both.
    public init(gate: Gate, daemon: Daemon) {
        self.gate = gate
        self.daemon = daemon
    }
}
