// SPDX-License-Identifier: Apache-2.0

/// How a runtime keeps sessions: what its files say, PHP's own defaults, and what Cloakroom's prepended file then sets.
struct SessionSettings: Sendable {
    /// PHP's own defaults where they are not empty or 0 (PHP 8.2 manual, "Runtime Configuration" of sessions).
    private static let defaults = [
        "session.save_handler": "files", "session.use_only_cookies": "1", "session.use_cookies": "1",
        "session.name": "PHPSESSID", "session.sid_length": "32", "session.sid_bits_per_character": "4",
        "session.gc_maxlifetime": "1440", "session.gc_probability": "1", "session.gc_divisor": "100",
        "session.cache_limiter": "nocache", "session.lazy_write": "1", "session.cookie_path": "/",
    ]

    let runtime: PHPRuntime
    /// The prepended file of Cloakroom; `nil`: none is configured.
    let prepend: String?

    private let host: AuditedHost

    /// Those of every PHP that a web server calls.
    static func all(on host: AuditedHost) -> [SessionSettings] {
        host.runtimes.filter { $0.interface != .cli }.map { SessionSettings($0, on: host) }
    }

    init(_ runtime: PHPRuntime, on host: AuditedHost) {
        self.runtime = runtime
        self.host = host
        let file = runtime.settings.text("auto_prepend_file", default: "")
        prepend = Self.isCloakroom(Self.below(runtime.pool?.chroot, file), in: host.tree) ? file : nil
    }

    var settings: EffectiveSettings { runtime.settings }
    var isCloakroom: Bool { prepend != nil }

    /// What a setting is in the end.
    func text(_ name: String) -> String {
        let written = settings[name]
        let text = written?.text ?? Self.defaults[name] ?? ""
        guard isCloakroom, written?.isFixed != true else { return text }
        switch name {
        case "session.use_strict_mode": return isSwitchedOff("CLOAKROOM_STRICT") ? text : "1"
        case "session.lazy_write": return "0"
        case "session.cookie_httponly": return text.isEmpty && setsCookies ? "1" : text
        case "session.cookie_samesite": return text.isEmpty && setsCookies ? "Lax" : text
        default: return text
        }
    }

    /// What a flag is in the end.
    func flag(_ name: String) -> Bool {
        let text = text(name).lowercased()
        return ["on", "yes", "true"].contains(text) || (PHPNumber.value(text) ?? 0) != 0
    }

    /// What a number is in the end.
    func number(_ name: String) -> Int { PHPNumber.value(text(name)) ?? 0 }

    /// Whether Cloakroom's prepended file completes the settings of cookies.
    var setsCookies: Bool { isCloakroom && !isSwitchedOff("CLOAKROOM_COOKIES") }

    /// The handler that PHP begins with: Cloakroom's takes its place.
    var handler: String { settings.text("session.save_handler", default: "files").lowercased() }

    /// Whether PHP keeps sessions in plain-text files.
    var usesFiles: Bool { !isCloakroom && handler == "files" }

    /// `session.save_path` of the `files` handler, with its parts.
    var savePath: PHPSavePath {
        let text = settings.text("session.save_path", default: runtime.isDebian ? "/var/lib/php/sessions" : "")
        return PHPSavePath(text)
    }

    /// The directory of session files as the host knows it; `nil`: it is in a /tmp of the service's own.
    var directory: String? {
        let path = savePath.directory
        if runtime.hasPrivateTemporary, path == "/tmp" || path.hasPrefix("/tmp/") || path.hasPrefix("/var/tmp") {
            return nil
        }
        return Self.below(runtime.pool?.chroot, path)
    }

    /// The number of the user that it runs as; `nil`: nothing tells.
    var user: UInt32? {
        guard let pool = runtime.pool else { return host.accounts.user("www-data") ?? host.accounts.user("apache") }
        return pool.user.isEmpty ? nil : host.accounts.user(pool.user)
    }

    /// A finding about a setting, with the line to write.
    func finding(
        _ code: String,
        _ severity: Severity,
        _ setting: String,
        _ reason: String,
        write value: String,
        _ more: String = ""
    ) -> Finding {
        finding(code, severity, at: settings.location(of: setting), reason, settings.line(setting, value) + more)
    }

    /// A finding about the runtime.
    func finding(_ code: String, _ severity: Severity, at location: FileLocation?, _ reason: String, _ remedy: String)
        -> Finding
    {
        runtime.finding(code, severity, at: location, reason, remedy)
    }

    /// As the prepended file reads an `env[NAME]`.
    private func isSwitchedOff(_ name: String) -> Bool {
        ["off", "0", "no", "false"].contains(runtime.pool?.environment[name]?.text.lowercased() ?? "")
    }

    private static func below(_ root: String?, _ path: String) -> String {
        guard let root, root.hasPrefix("/"), root != "/", path.hasPrefix("/") else { return path }
        return (root.hasSuffix("/") ? String(root.dropLast()) : root) + path
    }

    /// By what is in it, or by its usual place when it is not there.
    static func isCloakroom(_ file: String, in tree: HostTree) -> Bool {
        guard file.hasSuffix("/prepend.php") else { return false }
        if file.hasSuffix("/Cloakroom/prepend.php") { return true }
        return tree.text(of: file)?.contains("Cloakroom\\PREPENDED") ?? false
    }
}
