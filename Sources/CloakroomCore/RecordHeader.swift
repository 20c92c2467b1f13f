// SPDX-License-Identifier: Apache-2.0

/// The first bytes of every stored value: the format, and when the engine may drop it. It is in the clear, so that
/// compaction needs no key; what it says is authenticated by whoever opens the record (`docs/record-format.md`).
public struct RecordHeader: Hashable, Sendable {
    /// The number of bytes a header takes.
    public static let length = 9
    /// The only format there is.
    public static let format: UInt8 = 1

    /// The record may be dropped from this time on.
    public let expires: UnixTime

    /// A header of the current format.
    public init(expires: UnixTime) { self.expires = expires }

    /// Reads the header of a stored value, or answers `nil` for a value that is too short or of another format.
    public init?(of value: some Collection<UInt8>) {
        guard value.count >= Self.length, value.first == Self.format else { return nil }
        self.init(
            expires: UnixTime(seconds: value.dropFirst().prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
        )
    }

    /// The header as bytes: the format, then the time in big-endian order.
    public var bytes: [UInt8] {
        [Self.format]
            + stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: expires.seconds >> UInt64($0)) }
    }
}
