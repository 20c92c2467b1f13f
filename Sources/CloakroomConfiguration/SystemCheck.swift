// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Glibc

/// Looks for what a valid configuration names and this system does not have: users, groups, files, directories. Needs no root,
/// reads no file, and passes over what this user may not see. On another machine than the daemon's it may well find something.
public struct SystemCheck {
    /// The most bytes that the path of a socket may have (unix(7)).
    private static let longestSocketPath = 107

    private let file: ConfigurationFile
    private var found: [ConfigurationProblem] = []

    /// What this system does not have, in the order of the file's sections.
    public static func warnings(on file: ConfigurationFile) -> [ConfigurationProblem] {
        var check = SystemCheck(file: file)
        check.run()
        return check.found
    }

    private init(file: ConfigurationFile) { self.file = file }

    private mutating func run() {
        for setting in file.settings { check(setting) }
        checkDefaults()
        for pool in file.configuration.pools {
            for setting in file.settings(of: pool) where setting.isOwn { check(setting) }
        }
    }

    /// Looks at a setting that somebody set.
    private mutating func check(_ setting: EffectiveSetting) {
        guard setting.origin != .standard else { return }
        let texts = setting.value.texts.filter { !$0.isEmpty }
        switch setting.setting.name {
        case "server.users", "pools.unix_users", "server.socket_owner": checkNames(texts, "user", setting)
        case "pools.unix_groups", "server.socket_group", "server.admin_group", "server.gate_group":
            checkNames(texts, "group", setting)
        case "key.file", "previous_key.file": for path in texts { checkKeyFile(path, setting) }
        case "key.command", "previous_key.command": if let program = texts.first { checkProgram(program, setting) }
        case "store.directory": for path in texts { checkParent(of: path, setting) }
        case "server.socket", "server.admin_socket", "server.gate_socket", "pools.socket":
            for path in texts { checkSocket(path, setting) }
        default: return
        }
    }

    /// Looks at what holds when nobody says otherwise.
    private mutating func checkDefaults() {
        let configuration = file.configuration
        if !configuration.explicit.contains("server.users") {
            for name in configuration.server.users where !exists(name, "user") {
                note("this system has no user \"\(name)\", as whom PHP is taken to run: set server.users", at: nil)
            }
        }
        let isGiven = KeySourceKind.allCases.contains { configuration.explicit.contains("key.\($0.rawValue)") }
        guard !isGiven, Presence(of: Configuration.Key.defaultFile) == .missing else { return }
        note(
            "there is no key in \(Configuration.Key.defaultFile), and [key] names no other: make one with "
                + "cloakroomctl keys generate --output \(Configuration.Key.defaultFile), or name where it is",
            at: nil
        )
    }

    private mutating func checkNames(_ names: [String], _ kind: String, _ setting: EffectiveSetting) {
        for name in names where !exists(name, kind) {
            note(
                "there is no \(kind) \(quoted(name)): cloakroomd does not start without; create it, or name another",
                setting
            )
        }
    }

    private func exists(_ name: String, _ kind: String) -> Bool {
        do {
            _ =
                kind == "user"
                ? try UserDirectory.userID(of: name, setting: "") : try UserDirectory.groupID(of: name, setting: "")
            return true
        } catch { return false }
    }

    private mutating func checkKeyFile(_ path: String, _ setting: EffectiveSetting) {
        switch Presence(of: path) {
        case .missing:
            note(
                "there is no file \(quoted(path)): make the key with cloakroomctl keys generate --output, or correct "
                    + "the path",
                setting
            )
        case .there(let mode) where mode & S_IFMT == S_IFREG && mode & 0o077 != 0:
            note(
                "the file \(quoted(path)) is open to others than its owner (mode 0\(String(mode & 0o7777, radix: 8))), "
                    + "and is refused: chmod 600 it",
                setting
            )
        case .there, .hidden: return
        }
    }

    private mutating func checkProgram(_ path: String, _ setting: EffectiveSetting) {
        switch Presence(of: path) {
        case .missing: note("there is no program \(quoted(path)): install it, or correct the path", setting)
        case .there(let mode) where mode & S_IFMT != S_IFREG || mode & 0o111 == 0:
            note("\(quoted(path)) is no program that can be run: correct the path, or chmod 755 it", setting)
        case .there, .hidden: return
        }
    }

    /// The daemon makes the directory itself, in one that is there. That of systemd (`StateDirectory=`) comes with the unit.
    private mutating func checkParent(of path: String, _ setting: EffectiveSetting) {
        let parent = Self.parent(of: path)
        guard Presence(of: parent) == .missing else { return }
        note("there is no directory \(quoted(parent)) to make it in: create it, or correct the path", setting)
    }

    private mutating func checkSocket(_ path: String, _ setting: EffectiveSetting) {
        guard path.utf8.count <= Self.longestSocketPath else {
            note(
                "the path of a socket has at most \(Self.longestSocketPath) bytes, and this one \(path.utf8.count): "
                    + "choose a shorter one",
                setting
            )
            return
        }
        let parent = Self.parent(of: path)
        // What is in /run is made when the daemon is started, and gone when it is not.
        guard !parent.hasPrefix("/run/"), !parent.hasPrefix("/var/run/"), Presence(of: parent) == .missing else {
            return
        }
        note("there is no directory \(quoted(parent)) for the socket: create it, or correct the path", setting)
    }

    private static func parent(of path: String) -> String {
        let parts = path.split(separator: "/").dropLast()
        return "/" + parts.joined(separator: "/")
    }

    private func quoted(_ text: String) -> String { Setting.Value.text(text).rendered }

    private mutating func note(_ text: String, _ setting: EffectiveSetting) {
        note("\"\(setting.setting.key)\" in [\(setting.section)]: \(text)", at: setting.origin.place?.line)
    }

    private mutating func note(_ text: String, at line: Int?) {
        let place = line.map { "\(file.path):\($0): " } ?? (file.exists ? "\(file.path): " : "")
        found.append(ConfigurationProblem(line: line, message: place + text))
    }
}

/// Whether something is at a path, as far as this user may know.
private enum Presence: Equatable {
    case there(mode: mode_t)
    case missing
    /// This user may not look, or the system cannot say.
    case hidden

    init(of path: String) {
        var status = stat()
        if stat(path, &status) == 0 {
            self = .there(mode: status.st_mode)
        } else {
            self = errno == ENOENT || errno == ENOTDIR ? .missing : .hidden
        }
    }
}

extension Setting.Value {
    /// The texts that it has.
    fileprivate var texts: [String] {
        switch self {
        case .text(let text): [text]
        case .integer: []
        case .list(let texts): texts
        }
    }
}
