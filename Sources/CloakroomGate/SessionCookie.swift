// SPDX-License-Identifier: Apache-2.0

package import CloakroomCore

/// What a `Cookie` header says of one session, read exactly as PHP 8.2 reads it into `$_COOKIE`, so that the gate
/// judges the session that PHP would serve (php-src, `main/php_variables.c`).
package struct SessionCookie: Hashable, Sendable {
    /// What PHP finds under the session's name.
    package enum Reading: Hashable, Sendable {
        /// Nothing.
        case absent
        /// An array (`name[...]=`), which is no session id.
        case array
        /// A value, decoded.
        case value([UInt8])
    }

    /// What PHP finds with its default limits.
    package private(set) var reading = Reading.absent
    /// Whether a cookie, also one behind those that are read, makes an array of the name. Then PHP could find another value with
    /// other limits in php.ini: arrays that are nested too deep make it forget a value, and take the next one. No browser sends such a
    /// header unless somebody made it.
    package private(set) var isContested = false

    /// PHP's `max_input_vars`, in its default: cookies behind these are not read.
    static let maximumCookies = 1000
    /// PHP's `max_input_nesting_level`, in its default.
    static let maximumNesting = 64

    /// Reads a header, of any length, in one pass.
    package init(header: [UInt8], name: SessionName) {
        // What is behind a NUL PHP does not see.
        let header = header.prefix { $0 != 0 }
        var count = 0
        for cookie in header.split(separator: UInt8(ascii: ";")) {
            let cookie = cookie.drop(while: Self.isSpace)
            guard let first = cookie.first, first != UInt8(ascii: "=") else { continue }
            count += 1
            // Most cookies are others: nothing is made of those.
            guard CookieName.mangled(first) == name.bytes.first else { continue }
            let end = cookie.firstIndex(of: UInt8(ascii: "=")) ?? cookie.endIndex
            let found = CookieName(cookie[..<end])
            guard found.variable == name.bytes else { continue }
            if found.isArray { isContested = true }
            if count <= Self.maximumCookies { take(found, value: cookie[end...].dropFirst()) }
        }
    }

    private mutating func take(_ name: CookieName, value: ArraySlice<UInt8>) {
        switch name {
        // The first counts: browsers send the cookie of the nearest path first (RFC 6265, section 5.4).
        case .plain: if reading == .absent { reading = .value(Self.decoded(value)) }
        case .array: reading = .array
        case .nestedTooDeep: reading = .absent
        case .none: break
        }
    }

    /// The session name of an option, if PHP could find a cookie of that name: it has no character that PHP's reading changes, and is no number.
    static func name(_ bytes: [UInt8]) -> SessionName? {
        guard bytes.allSatisfy(isOfName), bytes.contains(where: { !isDigit($0) }) else { return nil }
        return SessionName(bytes)
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            true
        default: isDigit(byte)
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// C's `isspace`.
    static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || (9...13).contains(byte) }

    /// `%XX` as one byte, all else as it is (PHP's `php_raw_url_decode`).
    private static func decoded(_ value: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(value.count)
        var rest = value
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let high = rest.first.flatMap(hexadecimal),
                let low = rest.dropFirst().first.flatMap(hexadecimal)
            {
                bytes.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
