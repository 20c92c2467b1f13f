// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Whether the key that seals is used for longer than a year (NIST SP 800-57 Part 1, 5.3.6, for keys of this kind).
struct KeyAgeCheck: AuditCheck {
    static let codes = ["key-old"]
    private static let day = 86_400
    private static let days = 366

    func findings(on host: AuditedHost) -> [Finding] {
        // Of several keys the first one seals, which is the first of the first file.
        guard let file = host.cloakroom.keyFiles.first(where: { $0.way != .encryptedCredential }),
            let (path, status) = host.tree.target(of: file.path), status.kind == .file
        else { return [] }
        let line = Self.dateComment(of: host.tree.text(of: path) ?? "")
        let made = line?.time ?? status.modified
        let age = (Glibc.time(nil) - made) / Self.day
        guard age > Self.days else { return [] }
        return [
            host.finding(
                "key-old",
                .low,
                "Cloakroom, master key",
                FileLocation(path, line: line?.number),
                "the key that seals sessions is \(age) days old (\(line == nil ? "its file was last changed then" : "by the date above it"))"
                    + ": whoever got a copy in that time can use it still",
                "cloakroomctl keys add, keys rotate, keys retire: nobody is logged out"
            )
        ]
    }

    /// The date in the comments above the first key, as `cloakroomctl keys add` writes it.
    private static func dateComment(of text: String) -> (number: Int, time: Int)? {
        var found: (Int, Int)?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard line.hasPrefix("#") else {
                if line.isEmpty { continue }
                break
            }
            for word in line.split(separator: " ") {
                if let time = unixTime(ofDate: word) { found = (index + 1, time) }
            }
        }
        return found
    }

    /// The begin of a day such as `2026-01-31`, unix time.
    private static func unixTime(ofDate text: Substring) -> Int? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 2, 2], let year = Int32(parts[0]), let month = Int32(parts[1]),
            let day = Int32(parts[2]), (1...12).contains(month), (1...31).contains(day), year >= 1970
        else { return nil }
        var date = tm()
        date.tm_year = year - 1900
        date.tm_mon = month - 1
        date.tm_mday = day
        return timegm(&date)
    }
}
