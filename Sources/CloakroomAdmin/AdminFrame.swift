// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// How messages stand in the stream: a length of four bytes, the most significant first, and as many bytes of JSON
/// (`docs/admin-protocol.md`).
public enum AdminFrame {
    /// The number of bytes that the length takes.
    public static let lengthField = 4
    /// The most bytes that a message may have, in either direction.
    public static let maximumLength = 8 << 20

    /// What the first bytes of a stream are.
    public enum Cut: Equatable, Sendable {
        /// More bytes are needed.
        case incomplete
        /// A message of so many bytes stands behind the length.
        case message(length: Int)
        /// No message has this length.
        case impossible(length: Int)
    }

    /// Looks for a message at the beginning of a stream.
    ///
    /// - Parameters:
    ///   - length: the first four bytes as a number, or `nil` when they are not there yet.
    ///   - available: how many bytes there are behind them.
    public static func cut(length: UInt32?, available: Int) -> Cut {
        guard let length = length.map(Int.init) else { return .incomplete }
        guard (1...maximumLength).contains(length) else { return .impossible(length: length) }
        return available >= length ? .message(length: length) : .incomplete
    }

    /// A message with its length in front.
    ///
    /// - Throws: ``AdminError`` of code `tooLarge` when it does not fit a frame.
    public static func bytes(of message: some Encodable) throws(AdminError) -> [UInt8] {
        let text = [UInt8](try AdminJSON.encode(message))
        guard text.count <= maximumLength else {
            throw AdminError(.tooLarge, "a message of \(text.count) bytes; the limit is \(maximumLength)")
        }
        return (0..<lengthField).reversed().map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text
    }
}
