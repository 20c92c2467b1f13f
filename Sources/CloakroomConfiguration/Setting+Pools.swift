// SPDX-License-Identifier: Apache-2.0

/// Which settings a pool may have for itself.
extension Setting {
    /// What a setting of the daemon is to pools.
    package enum PoolScope: Equatable {
        /// A pool that does not set it has the daemon's.
        case inherited
        /// A pool that sets anything in its section has none of the daemon's there, whose values would only make sense together.
        case replaced
        /// It is the whole daemon's.
        case daemon
    }

    /// The table of the file that has the pools' tables.
    public static let poolSection = "pools"

    /// The sections that say where keys come from, all of which are a pool's own as soon as one is.
    package static let keySections: Set<String> = ["key", "previous_key"]

    /// The sections that a pool can have for itself, but for ``daemonWide``.
    private static let sectionsOfPools: Set<String> = ["sessions", "binding", "users", "remember_me", "limits"]

    /// Settings of these sections that are about the process or about Unix users.
    private static let daemonWide: Set<String> = [
        "sessions.sweep_interval", "limits.connections", "limits.connections_per_user", "limits.bytes_in_flight",
        "limits.bytes_in_flight_per_user",
    ]

    /// What it is to pools.
    package var poolScope: PoolScope {
        if Self.keySections.contains(section) { return .replaced }
        return Self.sectionsOfPools.contains(section) && !Self.daemonWide.contains(name) ? .inherited : .daemon
    }

    /// The settings of the section `[pools.NAME]` itself, which only pools have.
    public static let pool: [Setting] = [
        Setting(
            section: poolSection,
            key: "unix_users",
            kind: .users,
            summary: "The users whose processes belong to the pool, by name or number.",
            read: { .list($0.pool.unixUsers) },
            write: { if case .list(let users) = $1 { $0.pool.unixUsers = users } }
        ),
        Setting(
            section: poolSection,
            key: "unix_groups",
            kind: .groups,
            summary: "The groups whose members' processes belong to the pool, by name or number.",
            read: { .list($0.pool.unixGroups) },
            write: { if case .list(let groups) = $1 { $0.pool.unixGroups = groups } }
        ),
        .text(
            poolSection,
            "socket",
            \.pool.socket,
            .pathOrNone,
            "The path of a socket for this pool alone, for when systemd passes none for it; empty: there is none."
        ),
    ]

    /// The settings that a pool can have.
    package static let ofPools = pool + all.filter { $0.poolScope != .daemon }

    /// The sections below `[pools.NAME]`, in the order of the commented configuration file.
    static let sectionsBelowPool = sections.filter { section in ofPools.contains { $0.section == section } }
}

extension Configuration {
    /// What pools set for themselves, in TOML.
    var renderedPools: String {
        pools.map { pool in
            Setting.pool.filter { pool.own.contains($0.name) }.rendered(as: pool.section(Setting.poolSection), of: pool)
                + Setting.sectionsBelowPool.map { section in
                    Setting.all.filter { $0.section == section && pool.own.contains($0.name) }
                        .rendered(as: pool.section(section), of: pool)
                }.joined()
        }.joined()
    }
}

extension [Setting] {
    fileprivate func rendered(as section: String, of pool: PoolConfiguration) -> String {
        guard !isEmpty else { return "" }
        return "\n[\(section)]\n" + map { "\($0.key) = \($0.read(pool.configuration).rendered)\n" }.joined()
    }
}
