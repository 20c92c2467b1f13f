// SPDX-License-Identifier: Apache-2.0

/// A word of a user agent: a product as in `Firefox/150.0` (RFC 9110, section 10.1.5), or a part of a comment.
struct UserAgentWord {
    /// The word as far as its slash.
    let name: UnsafeRawBufferPointer
    /// Whether there is a slash, and so a version.
    let hasVersion: Bool
    /// Whether it stands between parentheses.
    let isInComment: Bool

    init(_ word: UnsafeRawBufferPointer, isInComment: Bool) {
        let slash = word.firstIndex(of: UInt8(ascii: "/")) ?? 0
        hasVersion = slash > 0
        name = hasVersion ? UnsafeRawBufferPointer(rebasing: word[..<slash]) : word
        self.isInComment = isInComment
    }

    /// Whether it names a robot, as robots do that have no comment to say so. The version is asked for because Cubot makes
    /// phones.
    var isRobot: Bool {
        hasVersion && Self.robotSuffixes.contains(where: hasSuffix)
    }

    private static let robotSuffixes: [StaticString] = ["bot", "crawler", "spider"]

    /// In upper or lower case.
    private func hasSuffix(_ suffix: StaticString) -> Bool {
        let suffix = UnsafeRawBufferPointer(start: suffix.utf8Start, count: suffix.utf8CodeUnitCount)
        return name.suffix(suffix.count).elementsEqual(suffix) { $0 | 0x20 == $1 }
    }
}
