// SPDX-License-Identifier: Apache-2.0

/// Compares the settings of files with those of a running pool.
enum SettingsComparison {
    /// A setting that is not as files have it.
    struct Difference: Hashable {
        let name: String
        /// What it is; `nil`: that is not shown.
        let running: String?
    }

    /// Settings that matter here, and PHP's own values for them (PHP manual, "Runtime Configuration" of sessions; the same from
    /// 8.1 to 8.4).
    private static let defaults: [String: String?] = [
        "auto_prepend_file": "",
        "session.auto_start": "0",
        "session.cookie_domain": "",
        "session.cookie_httponly": "0",
        "session.cookie_lifetime": "0",
        "session.cookie_path": "/",
        "session.cookie_samesite": "",
        "session.cookie_secure": "0",
        "session.gc_divisor": "100",
        "session.gc_maxlifetime": "1440",
        "session.gc_probability": "1",
        "session.lazy_write": "1",
        "session.name": "PHPSESSID",
        "session.referer_check": "",
        "session.save_handler": "files",
        "session.sid_bits_per_character": "4",
        "session.sid_length": "32",
        "session.upload_progress.cleanup": "1",
        // Off since 8.2.36, and on before: nothing is expected where no file says anything.
        "session.upload_progress.enabled": nil,
        "session.use_cookies": "1",
        "session.use_only_cookies": "1",
        "session.use_strict_mode": "0",
        "session.use_trans_sid": "0",
    ]

    /// The save path that files give, or the one that was built in: PHP has none, Debian's has one.
    static func savePath(_ runtime: PHPRuntime) -> String {
        runtime.settings.text("session.save_path", default: runtime.isDebian ? "/var/lib/php/sessions" : "")
    }

    /// What differs, by name.
    static func differences(_ files: EffectiveSettings, _ answer: ProbeAnswer) -> [Difference] {
        let named = defaults.compactMap { name, value -> Difference? in
            // A setting that this PHP does not have, or that it was not let to tell.
            guard let running = answer.settings[name], let expected = files[name]?.text ?? value else { return nil }
            return normal(running) == normal(expected)
                ? nil : Difference(name: name, running: PlainText.line(running))
        }
        let savePath = answer.savePathMatches ? [] : [Difference(name: "session.save_path", running: nil)]
        return (named + savePath).sorted { $0.name < $1.name }
    }

    /// A flag that is off is an empty text as well as `0` or a word.
    private static func normal(_ value: String) -> String {
        switch value.lowercased() {
        case "", "off", "no", "false", "none", "0": ""
        case "on", "yes", "true": "1"
        default: value
        }
    }
}
