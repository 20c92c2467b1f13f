// SPDX-License-Identifier: Apache-2.0

/// One way in which PHP runs on a host: a version, an interface, and with FPM a pool.
public struct PHPRuntime: Sendable {
    /// How PHP is called (PHP manual, `php_sapi_name`).
    public enum Interface: String, Codable, Sendable {
        case fpm
        case cli
        case cgi
        case apache = "apache2"
    }

    /// A pool of FPM.
    public struct Pool: Sendable {
        /// Its name.
        public let name: String
        /// The user that its processes run as, by name or number as the file has it; empty: that of the master.
        public let user: String
        /// Their group; empty: the user's.
        public let group: String
        /// Where it listens: the path of a Unix socket, or an address with a port.
        public let listen: String
        /// The directory that it changes its root to; empty: none.
        public let chroot: String
        /// Where the pool begins in its file.
        public let location: FileLocation
        /// All directives of the pool itself by name in lower case, such as `listen.mode`; of FPM's `[global]` section by
        /// `global.` and their names, such as `global.rlimit_core`.
        public let directives: [String: EffectiveSettings.Value]
        /// What `env[NAME]` gives to its processes.
        public let environment: [String: EffectiveSettings.Value]

        /// Describes a pool.
        public init(
            name: String,
            user: String,
            group: String,
            listen: String,
            chroot: String,
            location: FileLocation,
            directives: [String: EffectiveSettings.Value] = [:],
            environment: [String: EffectiveSettings.Value] = [:]
        ) {
            self.name = name
            self.user = user
            self.group = group
            self.listen = listen
            self.chroot = chroot
            self.location = location
            self.directives = directives
            self.environment = environment
        }
    }

    /// The version, such as `8.2`; empty when nothing tells.
    public let version: String
    /// The interface.
    public let interface: Interface
    /// The pool, with FPM.
    public let pool: Pool?
    /// What holds for it.
    public let settings: EffectiveSettings
    /// The part of a web server's configuration that it is for, as Apache's module has one for each host and directory that sets
    /// something; `nil`: all that no such part is for.
    public let scope: FileLocation?
    /// Whether it is as Debian builds it, which has another directory for sessions than PHP has.
    public let isDebian: Bool
    /// Whether systemd gives it a /tmp of its own.
    public let hasPrivateTemporary: Bool

    /// Describes a runtime.
    public init(
        version: String,
        interface: Interface,
        pool: Pool?,
        settings: EffectiveSettings,
        scope: FileLocation? = nil,
        isDebian: Bool = false,
        hasPrivateTemporary: Bool = false
    ) {
        self.version = version
        self.interface = interface
        self.pool = pool
        self.settings = settings
        self.scope = scope
        self.isDebian = isDebian
        self.hasPrivateTemporary = hasPrivateTemporary
    }

    /// How findings name it: `FPM 8.2, pool www`.
    public var name: String {
        let version = version.isEmpty ? "" : " \(version)"
        let interface =
            switch interface {
            case .fpm: "FPM"
            case .cli: "CLI"
            case .cgi: "CGI"
            case .apache: "Apache module"
            }
        return interface + version + (pool.map { ", pool \($0.name)" } ?? "") + (scope.map { ", \($0)" } ?? "")
    }
}

extension PHPRuntime {
    /// A finding about it.
    func finding(
        _ code: String,
        _ severity: Severity,
        at location: FileLocation?,
        _ reason: String,
        _ remedy: String
    ) -> Finding {
        Finding(code: code, severity: severity, subject: name, location: location, reason: reason, remedy: remedy)
    }
}
