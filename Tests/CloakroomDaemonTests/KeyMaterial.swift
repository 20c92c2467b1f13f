// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A random key in all forms in which it could stand somewhere.
struct KeyMaterial {
    let bytes: [UInt8]

    init() { bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max) } }

    init(base64: String) { bytes = Array(Data(base64Encoded: base64) ?? Data()) }

    var base64: String { Data(bytes).base64EncodedString() }
    var hexadecimal: String { bytes.map { String(format: "%02x", $0) }.joined() }

    /// Whether sixteen bytes of the key in a row, or what they are in base64 or hexadecimal digits, are somewhere.
    func isIn(_ data: Data) -> Bool {
        let forms = [Data(bytes), Data(base64.utf8), Data(hexadecimal.utf8), Data(hexadecimal.uppercased().utf8)]
        return forms.contains { form in
            // Sixteen bytes in a row have one of these quarters in whole.
            let length = form.count / 4
            return (0..<4).contains { data.contains(form[$0 * length..<($0 + 1) * length]) }
        }
    }

    func isIn(_ text: String) -> Bool { isIn(Data(text.utf8)) }
}

extension Data {
    /// As `range(of:)`, but fast enough for a core dump also when it is built without optimization.
    func contains(_ pattern: Data) -> Bool {
        withUnsafeBytes { text in
            pattern.withUnsafeBytes { pattern in
                // Memory is full of zeros; what is looked for is found by a byte that is none.
                guard let start = text.baseAddress, let wanted = pattern.baseAddress, text.count >= pattern.count,
                    let anchor = pattern.firstIndex(where: { $0 != 0 })
                else { return false }
                var place = start + anchor
                let end = start + text.count - pattern.count + anchor + 1
                while place < end, let found = memchr(place, Int32(pattern[anchor]), end - place) {
                    if memcmp(found - anchor, wanted, pattern.count) == 0 { return true }
                    place = UnsafeRawPointer(found) + 1
                }
                return false
            }
        }
    }
}
