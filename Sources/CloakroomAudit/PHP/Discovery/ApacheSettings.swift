// SPDX-License-Identifier: Apache-2.0

/// What Apache's configuration sets for its PHP module (PHP manual, "How to change configuration settings").
///
/// Files are those of Debian: those that are enabled. Conditions such as `<IfModule>` are taken to hold.
struct ApacheSettings: Sendable {
    /// The settings of one container, such as `<VirtualHost>`.
    private struct Scope {
        let location: FileLocation
        var values: [String: EffectiveSettings.Value] = [:]
    }

    private static let files = [
        "/etc/apache2/apache2.conf", "/etc/apache2/mods-enabled/*.conf", "/etc/apache2/conf-enabled/*.conf",
        "/etc/apache2/sites-enabled/*",
    ]
    /// Containers that are only conditions.
    private static let conditions: Set<String> = [
        "ifmodule", "ifdefine", "ifversion", "ifdirective", "iffile", "ifsection",
    ]

    private var server: [String: EffectiveSettings.Value] = [:]
    private var scopes: [Scope] = []

    init(in tree: HostTree) {
        for path in Self.files.flatMap({ tree.paths(matching: $0) }) {
            if let text = tree.text(of: path) { read(text, of: path) }
        }
    }

    /// What holds for the server, and for each container that sets something.
    ///
    /// - Parameter base: what INI files set.
    func scopes(
        _ base: [String: EffectiveSettings.Value],
        home: FileLocation
    ) -> [(FileLocation?, EffectiveSettings)] {
        let server = Self.merged(base, self.server)
        return [(nil, EffectiveSettings(server, home: home, isPoolFile: false))]
            + scopes.map {
                ($0.location, EffectiveSettings(Self.merged(server, $0.values), home: home, isPoolFile: false))
            }
    }

    /// What is fixed outside is not set inside.
    private static func merged(
        _ outer: [String: EffectiveSettings.Value],
        _ inner: [String: EffectiveSettings.Value]
    ) -> [String: EffectiveSettings.Value] {
        outer.merging(inner) { $0.isFixed && !$1.isFixed ? $0 : $1 }
    }

    private mutating func read(_ text: String, of path: String) {
        var open: [Scope] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let location = FileLocation(path, line: index + 1)
            let line = line.trimmingSpaces
            if line.hasPrefix("#") { continue }
            if line.hasPrefix("</") {
                if !Self.isCondition(line.dropFirst(2)), let closed = open.popLast(), !closed.values.isEmpty {
                    scopes.append(closed)
                }
            } else if line.hasPrefix("<") {
                if !Self.isCondition(line.dropFirst()) {
                    // A container inside another begins with what that has set.
                    open.append(Scope(location: location, values: open.last?.values ?? [:]))
                }
            } else if let (name, value) = Self.setting(line, at: location) {
                if open.isEmpty {
                    server[name] = value
                } else {
                    open[open.count - 1].values[name] = value
                }
            }
        }
    }

    private static func isCondition(_ tag: Substring) -> Bool {
        conditions.contains(tag.prefix { $0.isLetter }.lowercased())
    }

    /// A line that sets something for PHP; `nil`: it is none.
    static func setting(_ line: String, at location: FileLocation) -> (String, EffectiveSettings.Value)? {
        let words = CommandWords.split(line)
        guard words.count >= 3 else { return nil }
        let directive = words[0].lowercased()
        let isFlag = directive == "php_flag" || directive == "php_admin_flag"
        guard isFlag || directive == "php_value" || directive == "php_admin_value" else { return nil }
        let text = words[2]
        let value =
            isFlag ? (text.lowercased() == "on" || text == "1" ? "1" : "0") : text.lowercased() == "none" ? "" : text
        return (words[1], EffectiveSettings.Value(value, location: location, isFixed: directive.contains("admin")))
    }
}
