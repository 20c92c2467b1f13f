// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import TOMLKit

/// Turns the text of a configuration file into a ``Configuration``, and collects all that is wrong with it.
struct ConfigurationParser {
    private let file: String
    private(set) var positions = TOMLPositions(text: "")
    private var problems: [ConfigurationError] = []
    var configuration = Configuration()
    var pools: [PoolSections] = []

    init(file: String) {
        self.file = file
    }

    /// - Throws: ``ConfigurationError`` with one line for each problem.
    mutating func parse(_ text: String) throws(ConfigurationError) -> Configuration {
        positions = TOMLPositions(text: text)
        if let line = positions.fatalLine {
            let reason = "a table header without a name, or brackets that do not match"
            throw ConfigurationError(.syntax, "\(file):\(line): not valid TOML: \(reason)", line: line)
        }
        let root = try table(of: text)
        for section in root.keys.sorted(by: { line([$0]) < line([$1]) }) {
            if section == Setting.poolSection {
                readPools(root)
                continue
            }
            guard Setting.sections.contains(section) else {
                report(unknown: section)
                continue
            }
            guard let table = root[section]?.table else {
                report(.type, [section], "[\(section)] must be a section, found \(Self.described(root[section]))")
                continue
            }
            read(table, section)
        }
        checkKeySources(of: configuration)
        finishPools()
        configuration.applyPreset(except: configuration.explicit)
        if let error = ConfigurationError(problems) { throw error }
        return configuration
    }

    private func table(of text: String) throws(ConfigurationError) -> TOMLTable {
        // The C++ parser gets a C string, which would end at the first of these.
        if let line = text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex(where: {
            $0.contains("\0")
        }) {
            throw ConfigurationError(
                .syntax,
                "\(file):\(line + 1): a NUL byte, which TOML does not allow",
                line: line + 1
            )
        }
        do {
            return try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            let position = error.source.begin
            throw ConfigurationError(
                .syntax,
                "\(file):\(position.line):\(position.column): not valid TOML: \(error.description)",
                line: Int(position.line)
            )
        } catch {
            throw ConfigurationError(.syntax, "\(file): not valid TOML: \(error)")
        }
    }

    private mutating func read(_ table: TOMLTable, _ section: String) {
        for key in table.keys.sorted(by: { line([section, $0]) < line([section, $1]) }) {
            guard let setting = Setting.all.first(where: { $0.section == section && $0.key == key }) else {
                report(unknown: key, in: section)
                continue
            }
            do {
                let value = try setting.value(of: table[key])
                setting.write(&configuration, value)
                configuration.explicit.insert(setting.name)
            } catch {
                report(error.code, [section, key], "\"\(key)\" in [\(section)] \(error.message)")
            }
        }
    }

    /// Which source holds must not depend on an order that nobody remembers.
    ///
    /// - Parameter place: the section in which the sections are, if they are not at the root.
    mutating func checkKeySources(of configuration: Configuration, at place: [String] = []) {
        for (section, key) in [("key", configuration.key), ("previous_key", configuration.previousKey)] {
            let given = KeySourceKind.given(in: section, key, of: configuration)
            guard given.count > 1, let second = given.last else { continue }
            let names = given.map(\.rawValue).joined(separator: ", ")
            let path = place + [section]
            report(
                .conflict,
                path + [second.rawValue],
                "[\(path.joined(separator: "."))] names more than one source (\(names)); keep one of them"
            )
        }
    }

    func line(_ path: [String]) -> Int { positions.line(of: path) }

    mutating func report(_ code: ConfigurationError.Code, _ path: [String], _ text: String) {
        let line = line(path)
        problems.append(ConfigurationError(code, "\(file):\(line): \(text)", line: line))
    }

    private mutating func report(unknown section: String) {
        if let setting = Setting.all.first(where: { $0.key == section }) {
            report(
                .unknownKey,
                [section],
                "unknown key \"\(section)\" outside of a section; did you mean \"\(section)\" in [\(setting.section)]?"
            )
        } else if let near = NearestName.suggestion(for: section, among: Setting.sections + [Setting.poolSection]) {
            report(.unknownKey, [section], "unknown section [\(section)]; did you mean [\(near)]?")
        } else {
            let known = (Setting.sections + ["\(Setting.poolSection).NAME"]).map { "[\($0)]" }.joined(separator: ", ")
            report(.unknownKey, [section], "unknown section [\(section)]; the sections are \(known)")
        }
    }

    private mutating func report(unknown key: String, in section: String) {
        let known = Setting.all.filter { $0.section == section }.map(\.key)
        var hint = "; the keys here are " + known.map { "\"\($0)\"" }.joined(separator: ", ")
        if let near = NearestName.suggestion(for: key, among: known) {
            hint = "; did you mean \"\(near)\"?"
        } else if let elsewhere = Setting.all.first(where: { $0.key == key }) {
            hint = "; did you mean \"\(key)\" in [\(elsewhere.section)]?"
        }
        report(.unknownKey, [section, key], "unknown key \"\(key)\" in [\(section)]\(hint)")
    }

    static func described(_ value: (any TOMLValueConvertible)?) -> String {
        switch value?.type {
        case .table: "a section"
        case .array: "a list"
        case .string: "text"
        case .int: "a whole number"
        case .double: "a number with a fraction"
        case .bool: "true or false"
        case .date, .time, .dateTime: "a date or time"
        case nil: "nothing"
        }
    }
}
