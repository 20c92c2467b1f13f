// SPDX-License-Identifier: Apache-2.0

/// Collects what INI files set, in the order in which PHP reads them (php-src, `main/php_ini.c`).
struct PHPSettingsReader {
    private let tree: HostTree
    /// What was set, the last of several.
    private(set) var values: [String: EffectiveSettings.Value] = [:]
    private(set) var problems: [Finding] = []
    private var variables: [String: String]

    /// - Parameter environment: that of the process, which `${NAME}` may name.
    init(tree: HostTree, environment: [String: String] = [:]) {
        self.tree = tree
        variables = environment
    }

    /// Reads a file; what is not there sets nothing.
    mutating func read(_ path: String) {
        guard tree.target(of: path) != nil else { return }
        guard let bytes = tree.contents(of: path) else {
            problems.append(.unreadable(path))
            return
        }
        if bytes.count == HostTree.maximumRead { problems.append(.tooLong(path)) }
        read(bytes) { FileLocation(path, line: $0) }
    }

    /// Reads the files of a directory that end in `.ini`, in the order of their names.
    mutating func readAll(in directory: String) {
        guard tree.target(of: directory) != nil else { return }
        guard let names = tree.names(in: directory) else {
            problems.append(.unreadable(directory))
            return
        }
        for name in names where name.hasSuffix(".ini") {
            let path = directory + (directory.hasSuffix("/") ? "" : "/") + name
            if tree.target(of: path)?.status.kind == .file { read(path) }
        }
    }

    /// Reads an option `-d NAME=VALUE` of PHP's command line.
    mutating func define(_ option: String, at location: FileLocation) {
        let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        var value = parts.count == 2 ? String(parts[1]) : "1"
        if let first = value.utf8.first, !isPlainStart(first) { value = "\"\(value)\"" }
        read(Array("\(parts.first ?? "")=\(value)\n".utf8)) { _ in location }
    }

    private func isPlainStart(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") || (48...57).contains(byte)
            || (65...90).contains(byte & 0xDF)
    }

    private mutating func read(_ bytes: [UInt8], at location: (Int) -> FileLocation) {
        var parser = INIParser(bytes, variables: variables)
        // What follows [PATH=…] or [HOST=…] holds for these alone, up to the end of the file.
        var isForAll = true
        do {
            while let statement = try parser.next() {
                switch statement.kind {
                case .section(let name): if Self.isSpecial(name) { isForAll = false }
                case .entry(let name, let value) where isForAll:
                    values[name] = EffectiveSettings.Value(value, location: location(statement.line))
                    parser.variables[name] = value
                case .element(let name, _, _) where isForAll: values[name] = nil
                case .entry, .element, .name: break
                }
            }
        } catch {
            let place = location(error.line)
            problems.append(.broken(place))
        }
        variables = parser.variables
    }

    private static func isSpecial(_ section: String) -> Bool {
        let name = section.lowercased()
        return (name.hasPrefix("path") || name.hasPrefix("host")) && name.count > 4
    }
}

extension Finding {
    fileprivate static func unreadable(_ path: String) -> Finding {
        Finding(
            code: ConfigurationProblems.unreadable,
            severity: .medium,
            subject: "PHP's configuration",
            location: FileLocation(path),
            reason: "It cannot be read, so what it sets was not looked at.",
            remedy: "Run the audit as root, or correct what hinders: ls -l \(path)"
        )
    }

    fileprivate static func tooLong(_ path: String) -> Finding {
        Finding(
            code: ConfigurationProblems.unreadable,
            severity: .medium,
            subject: "PHP's configuration",
            location: FileLocation(path),
            reason: "Only its first \(HostTree.maximumRead >> 20) MiB were looked at.",
            remedy: "Shorten the file."
        )
    }

    fileprivate static func broken(_ place: FileLocation) -> Finding {
        Finding(
            code: ConfigurationProblems.broken,
            severity: .medium,
            subject: "PHP's configuration",
            location: place,
            reason: "PHP does not understand this statement, and ignores it and the rest of the file: "
                + "what is set below it does not hold.",
            remedy: "Correct the line: values with any of ;&|^~()!\"= need double quotes."
        )
    }
}
