// SPDX-License-Identifier: Apache-2.0

public import CloakroomClient
public import CloakroomSessions
public import Logging

/// What `cloakroomd` is told to do. The initial values here are the defaults, and the only place where they are written;
/// ``Setting/all`` describes each of them for the parser, the commented configuration file and `--check`.
public struct Configuration: Equatable, Sendable {
    /// The socket that PHP connects to.
    public var server = Server()
    /// Where the master keys come from: the one that seals, and others.
    public var key = Key()
    /// Where keys come from that only open.
    public var previousKey = Key.none
    /// The encrypted store on disk.
    public var store = Store()
    /// The times of a session and its lock.
    public var sessions = Sessions()
    /// To what sessions are bound.
    public var binding = Binding()
    /// How many sessions a user may have, and who the user is.
    public var users = Users()
    /// Section `[remember_me]`.
    public var rememberMe = RememberMe()
    /// What clients may take of the daemon.
    public var limits = Limits()
    /// The log on standard error.
    public var log = Log()
    /// The pools beside `default`, in the order of the file.
    public internal(set) var pools: [PoolConfiguration] = []
    /// Section `[pools.NAME]`, in the configuration of a pool.
    var pool = Pool()

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
        /// The path of the admin socket, for when systemd does not pass one; empty: see ``adminSocketPath``.
        public var adminSocket = ""
        /// The group whose members may use the admin socket; empty: that of the socket.
        public var adminGroup = ""
        /// The path of the gate's socket, for when systemd does not pass one; empty: see ``gateSocketPath``.
        public var gateSocket = ""
        /// The group whose members may use the gate's socket; empty: that of the socket.
        public var gateGroup = ""
        /// How long a frame that has begun may take to arrive.
        public var frameTimeout = Duration.seconds(10)
        /// The number of event loops; 0: one per core, at most 8.
        public var threads = 0
    }

    /// Sections `[key]` and `[previous_key]`. At most one kind of source is given explicitly, see ``KeyringSource``.
    public struct Key: Equatable, Sendable {
        /// The paths of key files.
        public var files = [Self.defaultFile]
        /// The names of files in `$CREDENTIALS_DIRECTORY`; empty: none.
        public var credentials = [Self.defaultCredential]
        /// The names of environment variables; empty: none.
        public var environment: [String] = []
        /// The path of a program, and its arguments; empty: none.
        public var command: [String] = []
        /// How long that program may take.
        public var commandTimeout = Duration.seconds(10)

        /// The file that is read when nothing says otherwise.
        public static let defaultFile = "/etc/cloakroom/key"
        /// The credential that the shipped service passes, a copy of that file.
        public static let defaultCredential = "cloakroom.key"

        /// No source at all, not even those that are looked for by default.
        public static let none: Key = {
            var key = Key()
            key.files = []
            key.credentials = []
            return key
        }()
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
        /// Where PHP's own handler kept sessions before, in the syntax of `session.save_path`; empty: nowhere.
        public var readThrough = ""
        /// What holds for all that the file does not set.
        public var preset = Preset.none
        /// How long a session lives without being used, or `php`.
        public var idleTimeout = Time.word("php")
        /// How long it lives altogether, or `day` or `none`.
        public var absoluteTimeout = Time.word("day")
        /// How long it lives that was used in one request only, or `off`.
        public var firstTimeout = Time.word("off")
        /// For how long it is known why a session has ended.
        public var rememberEnded = Duration.seconds(900)
        /// How long an id that was replaced can still be used.
        public var regenerationGrace = Duration.seconds(60)
        /// What is done when an id that was replaced is used.
        public var reuse = Reuse.report

        /// What is done when an id that was replaced is used.
        public enum Reuse: String, CaseIterable, Sendable {
            /// It is reported.
            case report
            /// Every session that came of it ends.
            case end
        }
    }

    /// A number of seconds, or a word that stands for one.
    public enum Time: Equatable, Sendable {
        /// So many seconds.
        case seconds(Int)
        /// What a word means depends on the setting.
        case word(String)

        /// The seconds, if it is not a word.
        var seconds: UInt64? { if case .seconds(let seconds) = self { UInt64(seconds) } else { nil } }
    }

    /// Section `[binding]`.
    public struct Binding: Equatable, Sendable {
        /// What is done when the network is another.
        public var address = BindingRules.Policy.report
        /// How many bits of an IPv4 address make the network.
        public var bitsOfIPv4 = 16
        /// How many bits of an IPv6 address make the network.
        public var bitsOfIPv6 = 48
        /// What is done when the browser is another.
        public var agent = BindingRules.Policy.deny
        /// When a browser is another.
        public var agentMatch = BindingRules.AgentMatch.family
        /// The networks of proxies whose header is believed.
        public var trustedProxies: [String] = []
        /// That header.
        public var header = ForwardedHeader.xForwardedFor
    }

    /// Section `[users]`.
    public struct Users: Equatable, Sendable {
        /// Where the user is found in `$_SESSION`; empty: nowhere.
        public var sessionKey = ""
        /// How many sessions a user may have; 0: as many as he likes.
        public var maximumSessions = 0
        /// What is done with one more.
        public var whenFull = UserRules.WhenFull.oldest
    }

    /// Section `[remember_me]`.
    public struct RememberMe: Equatable, Sendable {
        /// How long tokens can be used, counted from the first.
        public var lifetime = Duration.seconds(2_592_000)
        /// How long one can still be used that was replaced.
        public var grace = Duration.seconds(60)
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
        /// How many ids that no session has one address may send in a minute; 0: any number.
        public var unknownIDsPerMinute = 30
        /// How many times as many it must send to be refused.
        public var unknownIDsRefuseAfter = 10
        /// How long it is refused; zero: never.
        public var unknownIDsRefuseFor = Duration.zero
    }

    /// Section `[pools.NAME]`, see ``PoolConfiguration``.
    struct Pool: Equatable, Sendable {
        var unixUsers: [String] = []
        var unixGroups: [String] = []
        var socket = ""
    }

    /// Section `[log]`.
    public struct Log: Equatable, Sendable {
        /// The least important level that is logged.
        public var level = Logger.Level.info
        /// Which events of sessions are logged.
        public var events = SessionEventLog.Selection.attention
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
            result.key.files = [file]
            // The command line replaces whichever source the file chose.
            result.explicit.subtract(KeySourceKind.allCases.map { "key.\($0.rawValue)" })
            result.explicit.insert("key.file")
        }
        if let level = overrides.logLevel {
            result.log.level = level
            result.explicit.insert("log.level")
        }
        result.pools = pools.map { $0.applying(overrides) }
        return result
    }
}
