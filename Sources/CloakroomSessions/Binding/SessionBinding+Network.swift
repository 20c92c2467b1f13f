// SPDX-License-Identifier: Apache-2.0

import CloakroomClient
import CloakroomCore

extension SessionBinding {
    /// Bound to a network and a user agent.
    init(_ network: AddressPrefix, family: UInt64, agent: (UInt64, UInt64)) {
        let words = withUnsafeTemporaryAllocation(byteCount: AddressPrefix.encodedLength, alignment: 8) { buffer in
            network.encode(into: buffer)
            return (Self.word(buffer, at: 2), Self.word(buffer, at: 10))
        }
        self.init(
            version: network.address.family.rawValue,
            prefix: UInt8(network.length),
            network: words,
            family: family,
            agent: agent
        )
    }

    private static func word(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> UInt64 {
        UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}

extension SessionBinding {
    /// The network for people, such as `192.0.0.0/16`; empty when none was known.
    var networkText: String { AddressPrefix(self).map { "\($0)" } ?? "" }

    /// The browser for people, such as `Firefox on Windows`; empty when none was known.
    var browserText: String {
        guard isBound else { return "" }
        let family = withUnsafeBytes(of: family.bigEndian) { UserAgentFamily(decoding: $0) }
        return family.map { "\($0)" } ?? ""
    }
}

extension AddressPrefix {
    /// The network that a session is bound to; `nil` for none.
    init?(_ binding: SessionBinding) {
        guard binding.isBound else { return nil }
        let prefix = withUnsafeTemporaryAllocation(byteCount: Self.encodedLength, alignment: 8) { buffer in
            buffer[0] = binding.version
            buffer[1] = binding.prefix
            buffer.storeBytes(of: binding.network.0.bigEndian, toByteOffset: 2, as: UInt64.self)
            buffer.storeBytes(of: binding.network.1.bigEndian, toByteOffset: 10, as: UInt64.self)
            return AddressPrefix(decoding: UnsafeRawBufferPointer(buffer))
        }
        guard let prefix else { return nil }
        self = prefix
    }
}
