// SPDX-License-Identifier: Apache-2.0

/// What PHP makes of a cookie's name (`php_register_variable_ex`).
enum CookieName: Hashable {
    /// A variable.
    case plain([UInt8])
    /// An element of an array with this name.
    case array([UInt8])
    /// One of an array within too many others; PHP drops all of it.
    case nestedTooDeep([UInt8])
    /// PHP takes no such cookie.
    case none

    /// The variable, or the array, that PHP makes or drops; `nil`: none.
    var variable: [UInt8]? {
        switch self {
        case .plain(let name), .array(let name), .nestedTooDeep(let name): name
        case .none: nil
        }
    }

    /// Whether it is written as an array.
    var isArray: Bool {
        switch self {
        case .array, .nestedTooDeep: true
        case .plain, .none: false
        }
    }

    /// Reads a name, without white space in front.
    init(_ name: ArraySlice<UInt8>) {
        let bracket = name.firstIndex(of: UInt8(ascii: "["))
        let base = name[..<(bracket ?? name.endIndex)].map(Self.mangled)
        guard !base.isEmpty, !Self.isForged(base, from: name) else {
            self = .none
            return
        }
        guard let bracket else {
            self = .plain(base)
            return
        }
        switch Self.brackets(name[bracket...]) {
        case .none:
            let whole =
                base + [UInt8(ascii: "_")]
                + name[(bracket + 1)...].map { $0 == UInt8(ascii: "[") ? UInt8(ascii: "_") : Self.mangled($0) }
            self = Self.isForged(whole, from: name) ? .none : .plain(whole)
        case .some(let depth): self = depth > SessionCookie.maximumNesting ? .nestedTooDeep(base) : .array(base)
        }
    }

    /// How many pairs of brackets follow one upon another; `nil`: not even the first is closed.
    private static func brackets(_ text: ArraySlice<UInt8>) -> Int? {
        var depth = 0
        var rest = text
        while rest.first == UInt8(ascii: "["), depth <= SessionCookie.maximumNesting {
            depth += 1
            guard depth <= SessionCookie.maximumNesting else { return depth }
            guard let close = rest.firstIndex(of: UInt8(ascii: "]")) else { return depth == 1 ? nil : depth }
            rest = rest[(close + 1)...]
        }
        return depth
    }

    /// PHP changes these, as variables could once not have them.
    static func mangled(_ byte: UInt8) -> UInt8 {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: ".") ? UInt8(ascii: "_") : byte
    }

    /// Whether a name got a prefix that browsers protect only by being changed (CVE-2022-31629).
    private static func isForged(_ name: [UInt8], from original: ArraySlice<UInt8>) -> Bool {
        ["__Host-", "__Secure-"].contains { prefix in
            name.starts(with: prefix.utf8) && !original.starts(with: prefix.utf8)
        }
    }
}
