// SPDX-License-Identifier: Apache-2.0

/// A unit of systemd as its file and its drop-ins make it (systemd.unit(5), systemd.syntax(7)).
package struct UnitFile: Sendable {
    /// One assignment.
    package struct Entry: Hashable, Sendable {
        /// Such as `Service`.
        package let section: String
        /// Such as `LimitCORE`.
        package let name: String
        /// Without the space around it.
        package let value: String
        /// Where it begins.
        package let location: FileLocation
    }

    /// Directories of units, the first one wins.
    private static let directories = [
        "/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
        "/lib/systemd/system",
    ]

    /// The unit's own file.
    package let path: String
    /// All assignments, in the order in which they take effect.
    package let entries: [Entry]

    /// Reads a unit; `nil` when there is none, or it is masked.
    package init?(_ name: String, in tree: HostTree) {
        let files = Self.directories.map { "\($0)/\(name)" }
        guard let path = files.first(where: { tree.status(of: $0) != nil }), let text = tree.text(of: path) else {
            return nil
        }
        self.path = path
        let parts = Self.dropIns(of: name, in: tree).map { Self.entries(of: tree.text(of: $0) ?? "", file: $0) }
        entries = Self.entries(of: text, file: path) + parts.joined()
    }

    /// The assignment that holds of a directive that has one value; `nil` when there is none, or the last one is empty.
    package func last(_ name: String, in section: String = "Service") -> Entry? {
        entries.last { $0.section == section && $0.name == name }.flatMap { $0.value.isEmpty ? nil : $0 }
    }

    /// The assignments that hold of a directive that is a list, which an empty one empties.
    package func list(_ name: String, in section: String = "Service") -> [Entry] {
        let all = entries.filter { $0.section == section && $0.name == name }
        return Array(all[(all.lastIndex { $0.value.isEmpty }.map { $0 + 1 } ?? 0)...])
    }

    /// The last assignment, also an empty one: where to say that it is wrong.
    package func location(of name: String, in section: String = "Service") -> FileLocation {
        entries.last { $0.section == section && $0.name == name }?.location ?? FileLocation(path)
    }

    /// The assignments in the text of a unit file; lines that are none are left out, as systemd does.
    package static func entries(of text: String, file: String) -> [Entry] {
        var entries: [Entry] = []
        var section = ""
        var pending: (text: String, line: Int)?
        // For Swift, "\r\n" is one character.
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for (index, line) in lines.enumerated() {
            let line = trimmed(line)
            // Also between the lines of one assignment.
            if line.hasPrefix("#") || line.hasPrefix(";") { continue }
            let begun = pending ?? ("", index + 1)
            if line.hasSuffix("\\") {
                pending = (begun.text + line.dropLast() + " ", begun.line)
                continue
            }
            pending = nil
            let whole = trimmed((begun.text + line)[...])
            if whole.hasPrefix("["), whole.hasSuffix("]") {
                section = String(whole.dropFirst().dropLast())
            } else if let equals = whole.firstIndex(of: "="), equals > whole.startIndex {
                entries.append(
                    Entry(
                        section: section,
                        name: String(trimmed(whole[..<equals])),
                        value: String(trimmed(whole[whole.index(after: equals)...])),
                        location: FileLocation(file, line: begun.line)
                    )
                )
            }
        }
        return entries
    }

    /// Files of `NAME.d` in all directories, by their names; of two with one name the first directory's. Those for all units of
    /// the type come first.
    private static func dropIns(of name: String, in tree: HostTree) -> [String] {
        let type = name.split(separator: ".").last.map(String.init) ?? ""
        return ["\(type).d", "\(name).d"].flatMap { place in
            var files: [String: String] = [:]
            for directory in directories.reversed() {
                for file in tree.names(in: "\(directory)/\(place)") ?? [] where file.hasSuffix(".conf") {
                    files[file] = "\(directory)/\(place)/\(file)"
                }
            }
            return files.sorted { $0.key < $1.key }.map(\.value)
        }
    }

    /// Without what systemd takes for space.
    private static func trimmed(_ text: Substring) -> Substring {
        let spaces: Set<Character> = [" ", "\t", "\r"]
        let start = text.drop(while: spaces.contains)
        return start.lastIndex { !spaces.contains($0) }.map { start[...$0] } ?? ""
    }
}
