// SPDX-License-Identifier: Apache-2.0

/// Percent-encoding (RFC 3986, section 2.1), by which any bytes become a part of a header or of a URL.
enum PercentEncoding {
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// The bytes, all but those that may stay encoded.
    static func encoded(_ bytes: some Sequence<UInt8>, keeping stays: (UInt8) -> Bool) -> String {
        var text: [UInt8] = []
        for byte in bytes {
            if stays(byte) {
                text.append(byte)
            } else {
                text += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// A text whose bytes outside of printable ASCII are encoded.
    static func text(_ text: String) -> String { encoded(text.utf8, keeping: isPrintable) }

    /// A user's name as a header carries it: without what could end, split or list a value.
    static func userName(_ bytes: [UInt8]) -> String {
        encoded(bytes) { byte in
            switch byte {
            case UInt8(ascii: "%"), UInt8(ascii: " "), UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: ";"),
                UInt8(ascii: "\\"):
                false
            default: isPrintable(byte)
            }
        }
    }

    /// A part of a query: all but RFC 3986's unreserved characters encoded.
    static func queryPart(_ bytes: [UInt8]) -> String {
        encoded(bytes) { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                true
            default: false
            }
        }
    }

    /// Whether a byte is a space or a visible character of ASCII.
    static func isPrintable(_ byte: UInt8) -> Bool { (0x20...0x7e).contains(byte) }
}
