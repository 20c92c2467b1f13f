// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore

/// A pool beside `default`: section `[pools.NAME]` and those below it.
public struct PoolConfiguration: Equatable, Sendable {
    /// Its name; never that of the standard pool.
    public let name: PoolName
    /// The whole configuration as it holds for this pool: the daemon's, with the pool's own settings over it. It has no pools.
    public internal(set) var configuration: Configuration
    /// The settings that the pool's own sections give, by the names that they have in ``configuration``.
    public internal(set) var own: Set<String> = []

    /// Users whose processes belong to the pool, by name or number.
    public var unixUsers: [String] { configuration.pool.unixUsers }
    /// Groups whose members belong to the pool, by name or number.
    public var unixGroups: [String] { configuration.pool.unixGroups }
    /// The path of a socket for this pool alone, for when systemd passes none; empty: there is none.
    public var socket: String { configuration.pool.socket }

    /// Whether it has keys of its own. Else its keys are derived from the daemon's.
    public var hasOwnKeys: Bool {
        Setting.all.contains { Setting.keySections.contains($0.section) && own.contains($0.name) }
    }

    /// A pool that is as the daemon's configuration says.
    init(name: PoolName, over global: Configuration) {
        self.name = name
        configuration = global
        configuration.pools = []
    }

    /// What a setting of its is called in the file, such as `pools.shop.sessions.lock_wait`.
    package func fileName(of setting: Setting) -> String { "\(section(setting.section)).\(setting.key)" }

    /// What a section of its is called in the file.
    func section(_ name: String) -> String {
        name == Setting.poolSection ? "\(name).\(self.name)" : "\(Setting.poolSection).\(self.name).\(name)"
    }

    /// The pool with the values of the command line in place of those that it has from the daemon's configuration.
    func applying(_ overrides: Configuration.Overrides) -> PoolConfiguration {
        var overrides = overrides
        if hasOwnKeys { overrides.keyFile = nil }
        var result = self
        result.configuration = configuration.applying(overrides)
        return result
    }
}
