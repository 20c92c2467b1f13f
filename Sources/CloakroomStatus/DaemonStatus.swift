// SPDX-License-Identifier: Apache-2.0

/// How the daemon is, beside its pools.
public struct DaemonStatus: Equatable, Sendable, Codable {
    /// The version of `cloakroomd`.
    public var version: String
    /// Its process id.
    public var pid: Int32
    /// How long it has run, in milliseconds.
    public var uptime: UInt64
    /// The time by the clock that sessions go by, in seconds since 1970-01-01 UTC.
    public var time: UInt64
    /// How far that clock is ahead of the system's, in milliseconds; negative when it is behind.
    public var clockLead: Int64
    /// The number of connections of PHP, those included that have not named a pool yet.
    public var connections: Int
    /// How many there may be.
    public var connectionLimit: Int
    /// How many were refused since the start: one too many, or of a user who may not.
    public var connectionsRefused: Int
    /// The memory that it takes, in bytes (proc(5), the resident set); `nil` when the kernel does not say.
    public var memory: UInt64?
    /// How much of the locked memory for keys is in use, in bytes.
    public var keyMemory: Int
    /// How much of that there is.
    public var keyMemorySize: Int

    /// Joins the figures.
    public init(
        version: String,
        pid: Int32,
        uptime: UInt64,
        time: UInt64,
        clockLead: Int64,
        connections: Int,
        connectionLimit: Int,
        connectionsRefused: Int,
        memory: UInt64?,
        keyMemory: Int,
        keyMemorySize: Int
    ) {
        self.version = version
        self.pid = pid
        self.uptime = uptime
        self.time = time
        self.clockLead = clockLead
        self.connections = connections
        self.connectionLimit = connectionLimit
        self.connectionsRefused = connectionsRefused
        self.memory = memory
        self.keyMemory = keyMemory
        self.keyMemorySize = keyMemorySize
    }
}
