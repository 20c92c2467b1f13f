// SPDX-License-Identifier: Apache-2.0

/// Reads FPM's files.
struct FPMReader {
    /// How deep files may include others.
    private static let mostNested = 5

    private static let flags = [
        "1": "1", "on": "1", "yes": "1", "true": "1", "": "0", "0": "0", "off": "0", "no": "0", "false": "0",
        "none": "0",
    ]

    /// `nil`: what is included is not read.
    private let tree: HostTree?
    private let prefix: String
    private let environment: [String: String]
    private(set) var result = FPMConfiguration()
    /// `nil`: in the section `[global]`.
    private var pool: Int?

    init(tree: HostTree?, prefix: String, environment: [String: String] = [:]) {
        self.tree = tree
        self.prefix = prefix
        self.environment = environment
    }

    mutating func read(_ path: String, depth: Int) {
        let file = FileLocation(path)
        guard depth < Self.mostNested else { return fail(file, "Files include others more than five deep.") }
        guard let bytes = tree?.contents(of: path) else { return fail(file, "It cannot be read.") }
        read(bytes, of: path, depth: depth)
    }

    /// Reads the text of a file.
    mutating func read(_ bytes: [UInt8], of path: String, depth: Int) {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !line.isEmpty {
            let location = FileLocation(path, line: index + 1)
            // FPM takes a NUL for the end of the line.
            var parser = INIParser(line.prefix { $0 != 0 } + Array("\n".utf8), variables: environment)
            var included: String?
            do {
                while let statement = try parser.next() {
                    if case .entry("include", let pattern) = statement.kind {
                        if included != nil { fail(location, "A line includes two patterns.") }
                        included = pattern
                    } else {
                        take(statement.kind, at: location)
                    }
                }
            } catch {
                fail(location, "FPM does not understand this line.")
            }
            if let included { include(included, at: location, depth: depth) }
        }
    }

    private mutating func include(_ pattern: String, at location: FileLocation, depth: Int) {
        guard let tree else { return }
        let path = pattern.hasPrefix("/") ? pattern : "\(prefix)/\(pattern)"
        for file in tree.paths(matching: path) where tree.target(of: file)?.status.kind != .directory {
            read(file, depth: depth + 1)
        }
    }

    private mutating func take(_ statement: INIStatement.Kind, at location: FileLocation) {
        switch statement {
        case .section(let name): enter(name, at: location)
        case .entry(let name, let value):
            let value = EffectiveSettings.Value(expanded(value), location: location)
            if let pool {
                result.pools[pool].directives[name.lowercased()] = value
            } else {
                result.global[name.lowercased()] = value
            }
        case .element(let name, let key, let value): take(name, key, value, at: location)
        case .name(let name): fail(location, "\"\(name.prefix(100))\" has no value.")
        }
    }

    private mutating func enter(_ name: String, at location: FileLocation) {
        if name.lowercased() == "global" {
            pool = nil
        } else if let known = result.pools.firstIndex(where: { $0.name.lowercased() == name.lowercased() }) {
            pool = known
        } else {
            pool = result.pools.count
            result.pools.append(FPMConfiguration.Pool(name: name, location: location))
        }
    }

    private mutating func take(_ name: String, _ key: String, _ text: String, at location: FileLocation) {
        guard let pool else { return fail(location, "\(name.prefix(100))[…] is not allowed in [global].") }
        guard !key.isEmpty else { return fail(location, "\(name.prefix(100))[] names no setting.") }
        let isFixed = name.hasPrefix("php_admin_")
        var text = expanded(text)
        if name.hasSuffix("_flag") {
            guard let flag = Self.flags[text] else {
                let other = isFixed ? "php_admin_value" : "php_value"
                return fail(location, "A flag is on or off: another value needs \(other).")
            }
            text = flag
        }
        let value = EffectiveSettings.Value(text, location: location, isFixed: isFixed)
        let target: WritableKeyPath<FPMConfiguration.Pool, [String: EffectiveSettings.Value]>
        switch name {
        case "env":
            if text.isEmpty { return fail(location, "env[\(key.prefix(100))] is empty: quote words such as \"off\".") }
            target = \.environment
        case "php_value", "php_flag": target = \.values
        case "php_admin_value", "php_admin_flag": target = \.fixedValues
        default: return fail(location, "FPM knows no \(name.prefix(100))[…].")
        }
        if result.pools[pool][keyPath: target][key] == nil { result.pools[pool][keyPath: target][key] = value }
    }

    private func expanded(_ text: String) -> String {
        guard let pool, text.contains("$pool") else { return text }
        return text.split(separator: "$pool", omittingEmptySubsequences: false).joined(
            separator: result.pools[pool].name
        )
    }

    private mutating func fail(_ location: FileLocation, _ reason: String) {
        result.faults.append(FPMConfiguration.Fault(location: location, reason: reason))
    }
}
