// temporary
public struct UserAgentFamily: Hashable, Sendable {
    public let encoded: UInt64
    public init(_ bytes: [UInt8]) { encoded = UInt64(bytes.count) }
}
