// SPDX-License-Identifier: Apache-2.0

/// What a CGI program prints: headers, an empty line and the body (RFC 3875, section 6).
package struct CGIResponse: Equatable, Sendable {
    /// The status of HTTP; 200 when nothing is said.
    package let status: Int
    /// What comes behind the headers.
    package let body: [UInt8]

    /// Reads it; `nil` when it has no end of the headers, or a status that is none.
    package init?(_ output: [UInt8]) {
        var status = 200
        var rest = output[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            var line = rest[..<end]
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            rest = rest[(end + 1)...]
            guard !line.isEmpty else {
                self.status = status
                body = Array(rest)
                return
            }
            let parts = String(decoding: line, as: UTF8.self).split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "status" else { continue }
            guard let number = parts[1].split(separator: " ").first.flatMap({ Int($0) }), (100...599).contains(number)
            else { return nil }
            status = number
        }
        return nil
    }
}
