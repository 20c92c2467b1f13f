// SPDX-License-Identifier: Apache-2.0

/// What a client says it is doing, for people who look for the holder of a lock. PHP sends the method and the path of its
/// request, without the query. It is shown and never trusted.
public struct RequestLabel: Hashable, Sendable, CustomStringConvertible {
    /// The greatest number of bytes.
    public static let maximumLength = 255
    /// The label of a client that gives none.
    public static let none = RequestLabel(unchecked: [])

    /// The label as it was sent: UTF-8, if the client keeps to the protocol.
    public let bytes: [UInt8]

    /// Takes at most ``maximumLength`` bytes, else `nil`.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count <= Self.maximumLength else { return nil }
        self.init(unchecked: Array(bytes))
    }

    private init(unchecked bytes: [UInt8]) { self.bytes = bytes }

    /// The label as text in one line: what is not UTF-8, and control characters, are replaced.
    public var description: String {
        var text = ""
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            text.unicodeScalars.append(scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar)
        }
        return text
    }
}
