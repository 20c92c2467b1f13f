// SPDX-License-Identifier: Apache-2.0

/// What the unit of systemd that starts FPM gives it (systemd.exec(5), systemd.service(5)).
struct FPMUnit: Sendable {
    /// `Environment=`
    private(set) var environment: [String: String] = [:]
    /// FPM's main file; `nil`: that which it has been built with.
    private(set) var configuration: String?
    /// `-c`: another php.ini or its directory.
    private(set) var ini: String?
    /// `-n`: no php.ini.
    private(set) var hasNoIni = false
    /// `-d NAME=VALUE`, and where.
    private(set) var definitions: [(text: String, location: FileLocation)] = []

    /// `PrivateTmp=`: its /tmp is its own.
    private(set) var hasPrivateTemporary = false

    /// Reads a unit and its drop-ins; without one, nothing is set.
    init(name: String, in tree: HostTree) {
        guard !name.isEmpty else { return }
        let places = ["/etc/systemd/system", "/run/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"]
        if let unit = places.map({ "\($0)/\(name)" }).first(where: { tree.target(of: $0) != nil }) {
            read(unit, in: tree)
        }
        // Of drop-ins of the same name, the one in the first place holds.
        var dropIns: [String: String] = [:]
        for place in places {
            for file in tree.names(in: "\(place)/\(name).d") ?? [] where file.hasSuffix(".conf") && dropIns[file] == nil
            {
                dropIns[file] = "\(place)/\(name).d/\(file)"
            }
        }
        for (_, path) in dropIns.sorted(by: { $0.key < $1.key }) { read(path, in: tree) }
    }

    private mutating func read(_ path: String, in tree: HostTree) {
        guard let text = tree.text(of: path) else { return }
        var pending = ""
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.drop { $0 == " " || $0 == "\t" }
            if line.hasPrefix("#") || line.hasPrefix(";") { continue }
            if line.hasSuffix("\\") {
                pending += line.dropLast() + " "
                continue
            }
            take(pending + line, at: FileLocation(path, line: index + 1))
            pending = ""
        }
    }

    private mutating func take(_ line: String, at location: FileLocation) {
        guard let equals = line.firstIndex(of: "=") else { return }
        let name = line[..<equals].trimmingSpaces
        let words = CommandWords.split(String(line[line.index(after: equals)...]))
        switch name {
        case "Environment":
            if words.isEmpty { environment = [:] }
            for word in words {
                guard let equals = word.firstIndex(of: "=") else { continue }
                environment[String(word[..<equals])] = String(word[word.index(after: equals)...])
            }
        case "ExecStart":
            // An empty one takes back what was before; a later one replaces it, as there is only one in such units.
            configuration = nil
            ini = nil
            hasNoIni = false
            definitions = []
            takeOptions(words.dropFirst(), at: location)
        case "PrivateTmp":
            hasPrivateTemporary = ["1", "yes", "true", "on", "disconnected"].contains(words.first?.lowercased() ?? "")
        default: break
        }
    }

    private mutating func takeOptions(_ words: ArraySlice<String>, at location: FileLocation) {
        var words = words
        while let word = words.popFirst() {
            if let file = Self.value(of: word, "-y", "--fpm-config", &words) {
                configuration = file
            } else if let file = Self.value(of: word, "-c", "--php-ini", &words) {
                ini = file
            } else if let text = Self.value(of: word, "-d", "--define", &words) {
                definitions.append((text, location))
            } else if word == "-n" || word == "--no-php-ini" {
                hasNoIni = true
            }
        }
    }

    private static func value(
        of word: String,
        _ short: String,
        _ long: String,
        _ rest: inout ArraySlice<String>
    ) -> String? {
        if word == short || word == long { return rest.popFirst() }
        if word.hasPrefix(long + "=") { return String(word.dropFirst(long.count + 1)) }
        if word.hasPrefix(short), !word.hasPrefix("--") { return String(word.dropFirst(short.count)) }
        return nil
    }
}
