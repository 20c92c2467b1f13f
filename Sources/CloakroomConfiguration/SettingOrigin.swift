// SPDX-License-Identifier: Apache-2.0

/// Where the value of a setting comes from.
public enum SettingOrigin: Equatable, Sendable {
    /// Nothing sets it.
    case standard
    /// A line of the file, in a section with that name.
    case file(section: String, line: Int)
    /// A preset that is named on a line of the file, in a section with that name.
    case preset(Preset, section: String, line: Int)

    /// The section and the line of the file; `nil` when nothing sets it.
    public var place: (section: String, line: Int)? {
        switch self {
        case .standard: nil
        case .file(let section, let line), .preset(_, let section, let line): (section, line)
        }
    }
}

/// A setting, its value and where that comes from.
public struct EffectiveSetting: Sendable {
    /// The setting.
    public let setting: Setting
    /// The pool for which the value holds; `nil`: the daemon and the pool `default`.
    public let pool: PoolConfiguration?
    /// What its section is called in the file.
    public let section: String
    /// The value that holds.
    public let value: Setting.Value
    /// Where it comes from.
    public let origin: SettingOrigin

    /// Whether it is set in its own section, and not in another one or by a preset.
    public var isOwn: Bool { if case .file(section, _) = origin { true } else { false } }
}

extension ConfigurationFile {
    /// Every setting as it holds for the daemon and the pool `default`, in the order of the commented configuration file.
    public var settings: [EffectiveSetting] { Setting.all.map { effective($0, in: nil) } }

    /// Every setting that a pool can have as it holds for one. Those of keys are only there when the pool has its own.
    public func settings(of pool: PoolConfiguration) -> [EffectiveSetting] {
        Setting.ofPools.filter { pool.hasOwnKeys || !Setting.keySections.contains($0.section) }.map {
            effective($0, in: pool)
        }
    }

    private func effective(_ setting: Setting, in pool: PoolConfiguration?) -> EffectiveSetting {
        EffectiveSetting(
            setting: setting,
            pool: pool,
            section: section(of: setting, in: pool),
            value: setting.read(pool?.configuration ?? configuration),
            origin: pool.map { origin(of: setting, in: $0) } ?? origin(of: setting)
        )
    }

    private func origin(of setting: Setting) -> SettingOrigin {
        if configuration.explicit.contains(setting.name) {
            return .file(section: setting.section, line: line(of: setting))
        }
        return presetOrigin(of: setting, configuration.sessions.preset, nil)
    }

    private func origin(of setting: Setting, in pool: PoolConfiguration) -> SettingOrigin {
        if pool.own.contains(setting.name) {
            return .file(section: section(of: setting, in: pool), line: line(of: setting, in: pool))
        }
        // A pool with keys of its own has none of the daemon's.
        if setting.poolScope == .replaced { return .standard }
        guard pool.own.contains(Setting.preset.name) else { return origin(of: setting) }
        // The pool's own preset takes the place of the daemon's, and wins over what the daemon's sections set.
        let preset = presetOrigin(of: setting, pool.configuration.sessions.preset, pool)
        guard preset == .standard, configuration.explicit.contains(setting.name) else { return preset }
        return .file(section: setting.section, line: line(of: setting))
    }

    private func presetOrigin(
        of setting: Setting,
        _ preset: Preset,
        _ pool: PoolConfiguration?
    ) -> SettingOrigin {
        guard preset.values[setting.name] != nil else { return .standard }
        let place = section(of: Setting.preset, in: pool)
        return .preset(preset, section: place, line: line(of: Setting.preset, in: pool))
    }
}
