// SPDX-License-Identifier: Apache-2.0

import CloakroomConfiguration
import CloakroomCore

/// Settings as a configuration file that has the same effect, or as values for programs.
struct ConfigurationListing {
    private static let columns = 80

    let file: ConfigurationFile
    let settings: [EffectiveSetting]
    let selection: ConfigShowCommand.Selection

    /// Text that is a configuration file.
    var text: String {
        var sections: [(name: String, settings: [EffectiveSetting])] = []
        for setting in settings {
            if sections.last?.name != setting.section { sections.append((setting.section, [])) }
            sections[sections.count - 1].settings.append(setting)
        }
        return heading + sections.map { "\n" + section($0.name, $0.settings) }.joined()
    }

    private var heading: String {
        let path = Setting.Value.text(file.path).rendered
        guard file.exists else { return "# There is no \(path): every setting has its default.\n" }
        let comments = selection == .all ? "What it does not set is commented out. " : ""
        return "# What \(path) comes to.\n# \(comments)Numbers of lines are those of the file.\n"
    }

    private func section(_ name: String, _ settings: [EffectiveSetting]) -> String {
        // An empty section of keys would say that a pool has keys of its own, and name none.
        let isEmpty = !settings.contains(where: \.isLine)
        let header = isEmpty && settings.contains { $0.pool != nil } ? "# [\(name)]\n" : "[\(name)]\n"
        let lines = settings.map { ($0.isLine ? "" : "# ") + "\($0.setting.key) = \($0.value.rendered)" }
        let remarks = settings.map(remark)
        let width = zip(remarks, lines).map { $0 == nil ? 0 : min($1.count, Self.columns / 2) }.max() ?? 0
        return header
            + zip(remarks, lines).map { remark, line in
                guard let remark else { return line + "\n" }
                return line + String(repeating: " ", count: max(0, width - line.count)) + "  # \(remark)\n"
            }.joined()
    }

    private func remark(on setting: EffectiveSetting) -> String? {
        switch setting.origin {
        case .standard: nil
        case .file(setting.section, let line):
            setting.value == setting.setting.defaultValue ? "line \(line), as the default" : "line \(line)"
        case .file(let section, let line): "line \(line), of [\(section)]"
        case .preset(let preset, _, let line): "preset \"\(preset.rawValue)\", line \(line)"
        }
    }

    /// A setting for programs.
    struct Entry: Encodable {
        let pool: String
        let section: String
        let key: String
        let value: Value
        let standard: Value
        let origin: Origin
        let preset: String?
        let file: String?
        let line: Int?

        enum Origin: String, Encodable {
            case standard = "default"
            case file
            case preset
        }

        enum CodingKeys: String, CodingKey {
            case pool, section, key, value, origin, preset, file, line
            case standard = "default"
        }
    }

    /// A value as JSON has it.
    struct Value: Encodable {
        let value: Setting.Value

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch value {
            case .text(let text): try container.encode(text)
            case .integer(let number): try container.encode(number)
            case .list(let texts): try container.encode(texts)
            }
        }
    }

    /// The settings for programs.
    var entries: [Entry] {
        settings.map { setting in
            let (origin, preset): (Entry.Origin, Preset?) =
                switch setting.origin {
                case .standard: (.standard, nil)
                case .file: (.file, nil)
                case .preset(let preset, _, _): (.preset, preset)
                }
            return Entry(
                pool: setting.pool?.name.text ?? "default",
                section: setting.section,
                key: setting.setting.key,
                value: Value(value: setting.value),
                standard: Value(value: setting.setting.defaultValue),
                origin: origin,
                preset: preset?.rawValue,
                file: setting.origin.place == nil ? nil : file.path,
                line: setting.origin.place?.line
            )
        }
    }
}

extension EffectiveSetting {
    /// Whether a line of the file sets it. Presets set theirs once more when the output is read: a pool with a preset of its own
    /// would take them for what the daemon's sections set.
    fileprivate var isLine: Bool { if case .file = origin { true } else { false } }
}
