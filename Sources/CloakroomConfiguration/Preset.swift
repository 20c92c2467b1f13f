// SPDX-License-Identifier: Apache-2.0

/// Values of a standard for several settings at once. What the file sets itself wins over them.
public enum Preset: String, CaseIterable, Sendable {
    /// The defaults of each setting.
    case none
    /// Short lives, and no use from elsewhere: for applications that can ask for a log-in often.
    case strict
    /// NIST SP 800-63B-4, section 2.1.3: a log-in every 30 days.
    case aal1
    /// NIST SP 800-63B-4, section 2.2.3: a log-in every 24 hours, and after an hour without use.
    case aal2
    /// NIST SP 800-63B-4, section 2.3.3: a log-in every 12 hours, and after 15 minutes without use.
    case aal3

    /// The settings that it changes, by name.
    var values: [String: Setting.Value] {
        switch self {
        case .none: [:]
        case .strict:
            [
                "sessions.idle_timeout": .integer(1200),
                "sessions.absolute_timeout": .integer(28_800),
                "sessions.reuse": .text("end"),
                "remember_me.lifetime": .integer(28_800),
                "binding.address": .text("deny"),
                "binding.agent": .text("deny"),
            ]
        case .aal1: ["sessions.absolute_timeout": .integer(2_592_000)]
        case .aal2:
            [
                "sessions.idle_timeout": .integer(3600),
                "sessions.absolute_timeout": .integer(86_400),
                // A token would pass for the log-in that is due.
                "remember_me.lifetime": .integer(86_400),
                "sessions.reuse": .text("end"),
            ]
        case .aal3:
            [
                "sessions.idle_timeout": .integer(900),
                "sessions.absolute_timeout": .integer(43_200),
                "remember_me.lifetime": .integer(43_200),
                "sessions.reuse": .text("end"),
                "binding.agent": .text("deny"),
            ]
        }
    }
}

extension Configuration {
    /// Takes the preset's values for all but some settings, by name.
    mutating func applyPreset(except given: Set<String>) {
        for (name, value) in sessions.preset.values where !given.contains(name) {
            guard let setting = Setting.all.first(where: { $0.name == name }) else { continue }
            setting.write(&self, value)
        }
    }
}
