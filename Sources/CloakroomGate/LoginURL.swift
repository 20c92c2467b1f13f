// SPDX-License-Identifier: Apache-2.0

/// Where a browser is sent to log in: a path of the site or a URL, in which `{uri}` stands for what the browser asked for.
struct LoginURL: Sendable {
    /// What a value has to be, for people.
    static let rule =
        "a path that begins with one /, or an http or https URL, of at most 2048 visible ASCII characters, with at most one {uri}, which stands behind a ?"

    private static let maximumLength = 2048
    /// Encoded, it may be three times as long, and web servers take headers of a few KiB.
    private static let maximumURI = 1024
    private static let placeholder = Array("{uri}".utf8)

    private let before: String
    private let after: String
    private let hasPlaceholder: Bool

    /// Takes a value, or answers `nil` when it is none that is safe to send.
    init?(_ bytes: [UInt8]) {
        guard bytes.count <= Self.maximumLength else { return nil }
        let place = bytes.firstRange(of: Self.placeholder)
        let before = bytes[..<(place?.lowerBound ?? bytes.endIndex)]
        let after = place.map { bytes[$0.upperBound...] } ?? []
        guard (before + after).allSatisfy(Self.isAllowed), Self.isPath(before) || Self.isAbsolute(before) else {
            return nil
        }
        // In the path or the host, what a browser sent could name another page.
        if place != nil {
            guard before.contains(UInt8(ascii: "?")), !before.contains(UInt8(ascii: "#")) else { return nil }
        }
        self.before = String(decoding: before, as: UTF8.self)
        self.after = String(decoding: after, as: UTF8.self)
        hasPlaceholder = place != nil
    }

    /// The URL for a request.
    func text(requestURI: [UInt8]?) -> String {
        guard hasPlaceholder else { return before }
        return before + PercentEncoding.queryPart(Self.local(requestURI ?? [])) + after
    }

    /// What the browser asked for, if it is certain to be a page of this site for whoever is sent back to it; else the first page.
    private static func local(_ uri: [UInt8]) -> [UInt8] {
        let root = [UInt8(ascii: "/")]
        // Browsers drop tabs and line ends, and may read \ as /.
        guard uri.count <= maximumURI, isPath(uri[...]), uri.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
            return root
        }
        return uri
    }

    private static func isPath(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.first == UInt8(ascii: "/") else { return false }
        let second = bytes.dropFirst().first
        return second != UInt8(ascii: "/") && second != UInt8(ascii: "\\")
    }

    private static func isAbsolute(_ bytes: ArraySlice<UInt8>) -> Bool {
        for scheme in ["https://", "http://"] {
            let start = bytes.prefix(scheme.utf8.count).map { $0 | 0x20 }
            guard start.elementsEqual(scheme.utf8.map { $0 | 0x20 }) else { continue }
            guard let host = bytes.dropFirst(scheme.utf8.count).first else { return false }
            return ![UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "\\")].contains(host)
        }
        return false
    }

    private static let forbidden = Set("\"<>\\^`{|}".utf8)

    private static func isAllowed(_ byte: UInt8) -> Bool { (0x21...0x7e).contains(byte) && !forbidden.contains(byte) }
}
