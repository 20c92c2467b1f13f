// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import TOMLKit

/// What a file says of one pool, before it is laid over what it says of the daemon.
struct PoolSections {
    let name: PoolName
    var values: [(setting: Setting, value: Setting.Value)] = []

    /// The pool over a configuration in which no preset was applied yet: what the pool's sections say, then the preset that they
    /// name, then what the daemon's sections say, then their preset.
    func pool(over global: Configuration) -> PoolConfiguration {
        var pool = PoolConfiguration(name: name, over: global)
        pool.own = Set(values.map(\.setting.name))
        if pool.hasOwnKeys { pool.configuration.reset(Setting.keySections) }
        for (setting, value) in values { setting.write(&pool.configuration, value) }
        pool.configuration.explicit.formUnion(pool.own)
        let presetIsOwn = pool.own.contains("sessions.preset")
        pool.configuration.applyPreset(except: presetIsOwn ? pool.own : pool.configuration.explicit)
        return pool
    }
}

extension ConfigurationParser {
    /// Reads all of `[pools]`.
    mutating func readPools(_ root: TOMLTable) {
        let section = Setting.poolSection
        guard let tables = root[section]?.table else {
            let found = Self.described(root[section])
            return report(.type, [section], "[\(section)] must be a section with one for each pool, found \(found)")
        }
        for text in tables.keys.sorted(by: { line([section, $0]) < line([section, $1]) }) {
            guard let table = tables[text]?.table else {
                let found = Self.described(tables[text])
                report(.type, [section, text], "[\(section).\(text)] must be a section, found \(found)")
                continue
            }
            if let name = poolName(text) { pools.append(readPool(table, name)) }
        }
    }

    /// Lays the pools over the daemon's configuration, and checks each with what it has from there.
    mutating func finishPools() {
        configuration.pools = pools.map { $0.pool(over: configuration) }
        for pool in configuration.pools {
            checkUsers(of: pool)
            checkKeys(of: pool)
        }
        checkSockets()
    }

    private mutating func poolName(_ text: String) -> PoolName? {
        let path = [Setting.poolSection, text]
        guard let name = PoolName(text) else {
            report(
                .value,
                path,
                "the name of a pool has 1 to \(PoolName.maximumLength) characters of a-z, 0-9, _ and -, and begins with a "
                    + "letter or a digit; found \(Setting.Value.text(text).rendered)"
            )
            return nil
        }
        guard name != .standard else {
            report(
                .value,
                path,
                "[pools.\(name)] cannot be there: this is the pool of everybody in server.users who is in no other, and of the "
                    + "sections outside of [pools]; set there what it shall have"
            )
            return nil
        }
        return name
    }

    private mutating func readPool(_ table: TOMLTable, _ name: PoolName) -> PoolSections {
        var pool = PoolSections(name: name)
        let path = [Setting.poolSection, name.text]
        for key in table.keys.sorted(by: { line(path + [$0]) < line(path + [$1]) }) {
            if Setting.sectionsBelowPool.contains(key) {
                guard let section = table[key]?.table else {
                    let found = Self.described(table[key])
                    report(.type, path + [key], "[\((path + [key]).dotted)] must be a section, found \(found)")
                    continue
                }
                readSection(section, key, into: &pool)
            } else if let setting = Setting.pool.first(where: { $0.key == key }) {
                read(table, setting, at: path, into: &pool)
            } else {
                report(unknown: key, inPool: path)
            }
        }
        return pool
    }

    private mutating func readSection(_ table: TOMLTable, _ section: String, into pool: inout PoolSections) {
        let path = [Setting.poolSection, pool.name.text, section]
        for key in table.keys.sorted(by: { line(path + [$0]) < line(path + [$1]) }) {
            guard let setting = Setting.ofPools.first(where: { $0.section == section && $0.key == key }) else {
                report(unknown: key, ofSection: section, inPool: path)
                continue
            }
            read(table, setting, at: path, into: &pool)
        }
        // Whoever writes it wants keys that are the pool's own, and would get the daemon's.
        if Setting.keySections.contains(section), table.keys.isEmpty {
            report(.value, path, "[\(path.dotted)] is empty: name a source of the pool's keys, or remove it")
        }
    }

    private mutating func read(
        _ table: TOMLTable,
        _ setting: Setting,
        at path: [String],
        into pool: inout PoolSections
    ) {
        do {
            pool.values.append((setting, try setting.value(of: table[setting.key])))
        } catch {
            report(error.code, path + [setting.key], "\"\(setting.key)\" in [\(path.dotted)] \(error.message)")
        }
    }

    private mutating func report(unknown key: String, inPool path: [String]) {
        let section = path.dotted
        let known = Setting.pool.map(\.key)
        let hint: String
        if Setting.sections.contains(key) {
            return report(
                .unknownKey,
                path + [key],
                "[\((path + [key]).dotted)] cannot be there: all of [\(key)] holds for the whole daemon"
            )
        } else if let near = NearestName.suggestion(for: key, among: known) {
            hint = "; did you mean \"\(near)\"?"
        } else if let near = NearestName.suggestion(for: key, among: Setting.sectionsBelowPool) {
            hint = "; did you mean [\(section).\(near)]?"
        } else if let elsewhere = Setting.ofPools.first(where: { $0.key == key }) {
            hint = "; did you mean \"\(key)\" in [\(section).\(elsewhere.section)]?"
        } else if let elsewhere = Setting.all.first(where: { $0.key == key }) {
            hint = ": it holds for the whole daemon, and belongs in [\(elsewhere.section)]"
        } else {
            hint =
                "; the keys here are " + known.map { "\"\($0)\"" }.joined(separator: ", ")
                + ", and the sections below are "
                + Setting.sectionsBelowPool.map { "[\(section).\($0)]" }.joined(separator: ", ")
        }
        report(.unknownKey, path + [key], "unknown key \"\(key)\" in [\(section)]\(hint)")
    }

    private mutating func report(unknown key: String, ofSection section: String, inPool path: [String]) {
        let known = Setting.ofPools.filter { $0.section == section }.map(\.key)
        let hint: String
        if Setting.all.contains(where: { $0.section == section && $0.key == key }) {
            return report(
                .unknownKey,
                path + [key],
                "\"\(key)\" cannot be in [\(path.dotted)]: it holds for the whole daemon, and belongs in [\(section)]"
            )
        } else if let near = NearestName.suggestion(for: key, among: known) {
            hint = "; did you mean \"\(near)\"?"
        } else if let elsewhere = Setting.ofPools.first(where: { $0.key == key }) {
            let place =
                elsewhere.section == Setting.poolSection ? path.dropLast() : path.dropLast() + [elsewhere.section]
            hint = "; did you mean \"\(key)\" in [\(Array(place).dotted)]?"
        } else {
            hint = "; the keys here are " + known.map { "\"\($0)\"" }.joined(separator: ", ")
        }
        report(.unknownKey, path + [key], "unknown key \"\(key)\" in [\(path.dotted)]\(hint)")
    }

    private mutating func checkUsers(of pool: PoolConfiguration) {
        guard pool.unixUsers.isEmpty, pool.unixGroups.isEmpty else { return }
        report(
            .value,
            [Setting.poolSection, pool.name.text],
            "[pools.\(pool.name)] says nobody who belongs to it: set unix_users, unix_groups or both"
        )
    }

    private mutating func checkKeys(of pool: PoolConfiguration) {
        guard pool.hasOwnKeys else { return }
        checkKeySources(of: pool.configuration, at: [Setting.poolSection, pool.name.text])
        guard KeySourceKind.given(in: "key", pool.configuration.key, of: pool.configuration).isEmpty else { return }
        report(
            .value,
            [Setting.poolSection, pool.name.text],
            "[\(pool.section("key"))] names no source, and a pool with keys of its own has none of the daemon's: name one"
        )
    }

    private mutating func checkSockets() {
        var owners = [configuration.server.socket: "server.socket"]
        for pool in configuration.pools where !pool.socket.isEmpty {
            if let owner = owners[pool.socket] {
                report(
                    .conflict,
                    [Setting.poolSection, pool.name.text, "socket"],
                    "\"socket\" in [pools.\(pool.name)] is that of \(owner): each needs a path of its own"
                )
            }
            owners[pool.socket] = "pools.\(pool.name).socket"
        }
    }
}

extension Configuration {
    /// Gives all settings of some sections their defaults.
    fileprivate mutating func reset(_ sections: Set<String>) {
        for setting in Setting.all where sections.contains(setting.section) {
            setting.write(&self, setting.defaultValue)
            explicit.remove(setting.name)
        }
    }
}

extension [String] {
    fileprivate var dotted: String { joined(separator: ".") }
}
