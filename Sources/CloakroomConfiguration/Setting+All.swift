// SPDX-License-Identifier: Apache-2.0

import CloakroomClient
import Logging

extension Setting {
    /// Every setting, in the order of the commented configuration file.
    public static let all: [Setting] =
        server + key + previousKey + store + sessions + binding + users + rememberMe + limits + log

    /// The names of the sections, in the order of the commented configuration file.
    public static let sections = [
        "server", "key", "previous_key", "store", "sessions", "binding", "users", "remember_me", "limits", "log",
    ]

    private static let server: [Setting] = [
        .text(
            "server",
            "socket",
            \.server.socket,
            .path,
            "The path of the socket that PHP connects to. Not used when systemd passes a socket."
        ),
        .text(
            "server",
            "socket_owner",
            \.server.socketOwner,
            .text,
            "The user who owns that socket; empty: the daemon's."
        ),
        .text("server", "socket_group", \.server.socketGroup, .text, "The group of that socket; empty: the daemon's."),
        Setting(
            section: "server",
            key: "socket_mode",
            kind: .mode,
            summary: "The permission bits of that socket, in octal.",
            read: { .text("0" + String($0.server.socketMode, radix: 8)) },
            write: { if case .text(let text) = $1, let mode = UInt32(text, radix: 8) { $0.server.socketMode = mode } }
        ),
        Setting(
            section: "server",
            key: "users",
            kind: .users,
            summary: "The users who may connect, by name or number, besides root and the daemon's own user.",
            read: { .list($0.server.users) },
            write: { if case .list(let users) = $1 { $0.server.users = users } }
        ),
        .text(
            "server",
            "admin_socket",
            \.server.adminSocket,
            .pathOrNone,
            "The path of the socket that cloakroomctl connects to, when systemd passes none; empty: admin.sock beside socket."
        ),
        .text(
            "server",
            "admin_group",
            \.server.adminGroup,
            .text,
            "The group whose members may use cloakroomctl, besides root; empty: the group of that socket."
        ),
        .text(
            "server",
            "gate_socket",
            \.server.gateSocket,
            .pathOrNone,
            "The path of the socket that cloakroom-fcgi connects to, when systemd passes none; empty: gate.sock beside socket."
        ),
        .text(
            "server",
            "gate_group",
            \.server.gateGroup,
            .text,
            "The group whose members cloakroom-fcgi may run as, besides root; empty: the group of that socket."
        ),
        .seconds("server", "frame_timeout", \.server.frameTimeout, 1...3600, "How long a request may take to arrive."),
        .integer("server", "threads", \.server.threads, 0...64, "", "Event loops; 0: one per core, at most 8."),
    ]

    private static let store: [Setting] = [
        .text("store", "directory", \.store.directory, .path, "The state directory."),
        .choice(
            "store",
            "durability",
            \.store.durability,
            "When a change is answered: when it survives the end of the process, or a power failure too."
        ),
        .seconds(
            "store",
            "sync_interval",
            \.store.syncInterval,
            1...3600,
            "How often changes are written through to the disk, unless every one is."
        ),
    ]

    private static let sessions: [Setting] =
        [
            .seconds(
                "sessions",
                "lock_wait",
                \.sessions.lockWait,
                1...3600,
                "How long a request waits for a session that another request holds."
            ),
            .seconds(
                "sessions",
                "lock_hold",
                \.sessions.lockHold,
                1...86_400,
                "How long a request may hold a session before another one may take it over."
            ),
            .seconds(
                "sessions",
                "sweep_interval",
                \.sessions.sweepInterval,
                1...86_400,
                "How often expired sessions are removed."
            ),
            .choice(
                "sessions",
                "acknowledge",
                \.sessions.acknowledge,
                "When PHP goes on after a write: when it has been carried out, or when it has been sent."
            ),
            .text(
                "sessions",
                "read_through",
                \.sessions.readThrough,
                .savePath,
                "The directory of PHP's own sessions, from which PHP takes those that are missing, as session.save_path had it; empty: none."
            ),
        ] + lifetimes

    /// The setting that stands for several others.
    static let preset = choice(
        "sessions",
        "preset",
        \.sessions.preset,
        "Settings of a standard, for all that the file does not set itself."
    )

    private static let lifetimes: [Setting] = [
        preset,
        .time(
            "sessions",
            "idle_timeout",
            \.sessions.idleTimeout,
            1...31_536_000,
            ["php"],
            "How long a session lives without being used; \"php\": as session.gc_maxlifetime says."
        ),
        .time(
            "sessions",
            "absolute_timeout",
            \.sessions.absoluteTimeout,
            1...31_536_000,
            ["day", "none"],
            "How long a session lives at most, over all its ids; \"day\": a day, or session.gc_maxlifetime where that is longer."
        ),
        .time(
            "sessions",
            "first_timeout",
            \.sessions.firstTimeout,
            1...31_536_000,
            ["off"],
            "How long a session lives that was used in one request only, such as a crawler's."
        ),
        .seconds(
            "sessions",
            "remember_ended",
            \.sessions.rememberEnded,
            0...86_400,
            "For how long a visitor whose session has ended can still be told why."
        ),
        .seconds(
            "sessions",
            "regeneration_grace",
            \.sessions.regenerationGrace,
            0...3600,
            "How long an id can still be used after session_regenerate_id(false) has replaced it."
        ),
        .choice(
            "sessions",
            "reuse",
            \.sessions.reuse,
            "What is done when an id is used that was replaced: it is reported, or every session that came of it ends."
        ),
    ]

    private static let binding: [Setting] = [
        .choice("binding", "address", \.binding.address, "What is done when a session is used from another network."),
        .integer(
            "binding",
            "ipv4_prefix",
            \.binding.bitsOfIPv4,
            ClientAddress.Family.ipv4.bindingLengths,
            "bits",
            "How much of an IPv4 address makes the network."
        ),
        .integer(
            "binding",
            "ipv6_prefix",
            \.binding.bitsOfIPv6,
            ClientAddress.Family.ipv6.bindingLengths,
            "bits",
            "How much of an IPv6 address makes the network."
        ),
        .choice("binding", "agent", \.binding.agent, "What is done when a session is used by another browser."),
        .choice("binding", "agent_match", \.binding.agentMatch, "When two user agents are the same browser."),
        Setting(
            section: "binding",
            key: "trusted_proxies",
            kind: .networks,
            summary: "The networks of proxies that say in a header whom they forward for.",
            read: { .list($0.binding.trustedProxies) },
            write: { if case .list(let networks) = $1 { $0.binding.trustedProxies = networks } }
        ),
        .choice("binding", "header", \.binding.header, "The header that these proxies set."),
    ]

    private static let users: [Setting] = [
        .text(
            "users",
            "session_key",
            \.users.sessionKey,
            .sessionKey,
            "Where the user is found in $_SESSION: a key, or several with dots between; empty: the application says it."
        ),
        .integer(
            "users",
            "max_sessions",
            \.users.maximumSessions,
            0...10_000,
            "",
            "How many sessions one user may have. 0: no limit."
        ),
        .choice(
            "users",
            "when_full",
            \.users.whenFull,
            "What is done when a user who has that many logs in once more."
        ),
    ]

    private static let rememberMe: [Setting] = [
        .seconds(
            "remember_me",
            "lifetime",
            \.rememberMe.lifetime,
            3600...31_536_000,
            "How long a user who wants that is known again without a session, counted from the log-in."
        ),
        .seconds(
            "remember_me",
            "grace",
            \.rememberMe.grace,
            0...3600,
            "How long a token that was replaced is taken for a request that was under way, and not for a stolen one."
        ),
    ]

    private static let limits: [Setting] = [
        .integer(
            "limits",
            "connections",
            \.limits.connections,
            1...1_000_000,
            "",
            "How many clients may be connected; one more is refused."
        ),
        .integer(
            "limits",
            "connections_per_user",
            \.limits.connectionsPerUser,
            1...1_000_000,
            "",
            "How many clients of one user may be connected, so that no user can take all connections."
        ),
        .integer(
            "limits",
            "bytes_in_flight",
            \.limits.bytesInFlight,
            1024...67_108_864,
            "bytes",
            "How much of its answers one client may leave unread before its next request is looked at."
        ),
        .integer(
            "limits",
            "bytes_in_flight_per_user",
            \.limits.bytesInFlightPerUser,
            1_048_576...1_099_511_627_776,
            "bytes",
            "How much of requests and answers over 16 KiB the daemon holds at a time for the clients of one user."
        ),
        .integer(
            "limits",
            "session_size",
            \.limits.sessionSize,
            1...67_108_864,
            "bytes",
            "The most contents that one session may have."
        ),
        .integer(
            "limits",
            "waiters",
            \.limits.waiters,
            0...65_536,
            "",
            "How many requests may wait for one session; one more is refused."
        ),
        .integer(
            "limits",
            "sessions",
            \.limits.sessions,
            0...1_000_000_000,
            "",
            "How many sessions there may be; a new one is refused then. 0: no limit."
        ),
        .integer(
            "limits",
            "total_size",
            \.limits.totalSize,
            0...1_099_511_627_776,
            "bytes",
            "How much all sessions may take together; a new one is refused then. 0: no limit."
        ),
        .integer(
            "limits",
            "unknown_ids_per_minute",
            \.limits.unknownIDsPerMinute,
            0...1_000_000,
            "",
            "How many ids that no session has one address may send in a minute before that is reported; 0: any number."
        ),
        .integer(
            "limits",
            "unknown_ids_refuse_after",
            \.limits.unknownIDsRefuseAfter,
            1...1000,
            "",
            "How many times as many it must send to be refused."
        ),
        .seconds(
            "limits",
            "unknown_ids_refuse_for",
            \.limits.unknownIDsRefuseFor,
            0...86_400,
            "How long it is refused then; 0: never."
        ),
    ]

    private static let log: [Setting] = [
        .choice("log", "level", \.log.level, "The least important messages that are logged."),
        .choice("log", "events", \.log.events, "Which events of sessions are logged."),
    ]
}

extension Configuration {
    /// The whole configuration in TOML, defaults included; of pools, what they set for themselves. It has no secrets: the key is named, not contained.
    public var rendered: String {
        Setting.sections.map { section in
            let lines = Setting.all.filter { $0.section == section }.map { "\($0.key) = \($0.read(self).rendered)\n" }
            return "[\(section)]\n" + lines.joined()
        }.joined(separator: "\n") + renderedPools
    }
}
