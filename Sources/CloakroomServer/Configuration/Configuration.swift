// SPDX-License-Identifier: Apache-2.0

public import Logging

/// What `cloakroomd` is told to do. The initial values here are the defaults, and the only place where they are written;
/// ``Setting/all`` describes each of them for the parser, the commented configuration file and `--check`.
public struct Configuration: Equatable, Sendable {
    /// The socket that PHP connects to.
    public var server = Server()
    /// Where the master key comes from.
    public var key = Key()
    /// The encrypted store on disk.
    public var store = Store()
    /// The times of a session and its lock.
    public var sessions = Sessions()
    /// What clients may take of the daemon.
    public var limits = Limits()
    /// The log on standard error.
    public var log = Log()

    /// The names (`section.key`) of the settings that the configuration file or the command line gave.
    public internal(set) var explicit: Set<String> = []

    /// The defaults.
    public init() {}

    /// Section `[server]`.
    public struct Server: Equatable, Sendable {
        /// The path of the socket, for when systemd does not pass one.
        public var socket = "/run/cloakroom/php.sock"
        /// The user who owns the socket that the daemon makes; empty: the daemon's own user.
        public var socketOwner = ""
        /// The group of the socket that the daemon makes; empty: the daemon's own group.
        public var socketGroup = ""
        /// The permission bits of the socket that the daemon makes.
        public var socketMode: UInt32 = 0o660
        /// Names or numeric ids of users who may connect, besides root and the daemon's own user.
        public var users = ["www-data"]
        /// How long a frame that has begun may take to arrive.
        public var frameTimeout = Duration.seconds(10)
        /// The number of event loops; 0: one per core, at most 8.
        public var threads = 0
    }

    /// Section `[key]`. At most one of the three is given explicitly, see ``KeySource``.
    public struct Key: Equatable, Sendable {
        /// The path of the key file.
        public var file = "/etc/cloakroom/key"
        /// The name of a file in `$CREDENTIALS_DIRECTORY`.
        public var credential = "cloakroom.key"
        /// The name of an environment variable; empty: none.
        public var environment = ""
    }

    /// Section `[store]`.
    public struct Store: Equatable, Sendable {
        /// When a change is safe.
        public enum Durability: String, CaseIterable, Sendable {
            /// Answered when the kernel has it: survives a crash of the daemon.
            case process
            /// Answered when the disk has it: survives a power failure too.
            case power
        }

        /// The state directory.
        public var directory = "/var/lib/cloakroom"
        /// When a change is answered.
        public var durability = Durability.process
        /// How often the log is written through to the disk with ``Durability/process``.
        public var syncInterval = Duration.seconds(1)
    }

    /// Section `[sessions]`.
    public struct Sessions: Equatable, Sendable {
        /// Which writes are answered.
        public enum Acknowledgement: String, CaseIterable, Sendable {
            /// Every one, when it has been carried out.
            case written
            /// None but those that a client waits for. It is told that it need not, while the store is well.
            case deferred
        }

        /// How long a request waits for a session that another request holds.
        public var lockWait = Duration.seconds(30)
        /// How long a request may hold a session before another may take it over.
        public var lockHold = Duration.seconds(600)
        /// How often expired sessions are looked for.
        public var sweepInterval = Duration.seconds(60)
        /// Whether clients are told to wait for their writes.
        public var acknowledge = Acknowledgement.written
    }

    /// Section `[limits]`. Whoever exceeds one is refused, or has to wait; everybody else is served.
    public struct Limits: Equatable, Sendable {
        /// How many clients may be connected.
        public var connections = 10_000
        /// How many clients of one user may be connected.
        public var connectionsPerUser = 8_000
        /// How many bytes of answers one client may leave unread before its next request is looked at.
        public var bytesInFlight = 65_536
        /// How many bytes of large requests and answers the daemon holds for the clients of one user.
        public var bytesInFlightPerUser = 268_435_456
        /// The most contents that one session may have, in bytes.
        public var sessionSize = 4_194_304
        /// How many requests may wait for one session.
        public var waiters = 64
        /// How many sessions there may be; 0: as many as fit the disk.
        public var sessions = 0
        /// How many bytes all sessions may take together; 0: as many as fit the disk.
        public var totalSize = 0
    }

    /// Section `[log]`.
    public struct Log: Equatable, Sendable {
        /// The least important level that is logged.
        public var level = Logger.Level.info
    }

    /// What the command line says; it wins over the file.
    public struct Overrides: Equatable, Sendable {
        /// `--socket`
        public var socket: String?
        /// `--state-dir`
        public var stateDirectory: String?
        /// `--key-file`
        public var keyFile: String?
        /// `--log-level`
        public var logLevel: Logger.Level?

        /// Values of the command line; nil: not given.
        public init(
            socket: String? = nil,
            stateDirectory: String? = nil,
            keyFile: String? = nil,
            logLevel: Logger.Level? = nil
        ) {
            self.socket = socket
            self.stateDirectory = stateDirectory
            self.keyFile = keyFile
            self.logLevel = logLevel
        }
    }

    /// The configuration with the values of the command line in place of its own.
    public func applying(_ overrides: Overrides) -> Configuration {
        var result = self
        if let socket = overrides.socket {
            result.server.socket = socket
            result.explicit.insert("server.socket")
        }
        if let directory = overrides.stateDirectory {
            result.store.directory = directory
            result.explicit.insert("store.directory")
        }
        if let file = overrides.keyFile {
            result.key.file = file
            // The command line replaces whichever source the file chose.
            result.explicit.subtract(["key.credential", "key.environment"])
            result.explicit.insert("key.file")
        }
        if let level = overrides.logLevel {
            result.log.level = level
            result.explicit.insert("log.level")
        }
        return result
    }
}
