// SPDX-License-Identifier: Apache-2.0

/// The named maximum sizes of the protocol. Every length read from the wire is compared to one of them.
public struct FrameLimits: Hashable, Sendable {
    /// The number of bytes of a frame's length field.
    public static let lengthField = 4
    /// What a frame may have beside session data: the longest fields take 21 bytes, a name 256, an id 258.
    public static let overhead = 1024
    /// The greatest value that ``maximumData`` may be configured to.
    public static let maximumConfigurableData = 64 << 20
    /// Default of ``maximumData``: 4 MiB.
    public static let defaultMaximumData = 4 << 20

    /// The greatest number of bytes of data in a session.
    public let maximumData: Int

    /// Limits for sessions of at most `maximumData` bytes.
    public init(maximumData: Int) { self.maximumData = maximumData }

    /// The greatest value of a frame's length field.
    public var maximumFrame: Int { maximumData + Self.overhead }
}
