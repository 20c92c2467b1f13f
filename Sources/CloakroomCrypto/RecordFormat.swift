// SPDX-License-Identifier: Apache-2.0

internal import CloakroomCore

/// The constants of the record format (`docs/record-format.md`).
enum RecordFormat {
    /// AES-256 keys, HMAC-SHA-256 keys and outputs.
    static let keyLength = 32
    /// NIST SP 800-38D, section 8.2: 96 bits.
    static let nonceLength = 12
    static let tagLength = 16

    /// The format, the data key, nine numbers, two addresses, the binding, and of the user a number, an address and a length.
    static let metadataPlaintextLength =
        1 + keyLength + 9 * 8 + 2 * SessionAddress.length + SessionBinding.length + 8 + SessionAddress.length + 1
    /// The metadata of a session that belongs to nobody. The name of a user comes on top.
    static let metadataLength = metadataOverhead + metadataPlaintextLength
    /// What sealed metadata have besides their plaintext.
    static let metadataOverhead = RecordHeader.length + KeyID.length + nonceLength + tagLength
    /// What a body has besides the session data.
    static let bodyOverhead = RecordHeader.length + nonceLength + tagLength
    static let wrappedAddressKeyLength = KeyID.length + nonceLength + keyLength + tagLength

    static let keyIDLabel = Array("cloakroom/1/key-id".utf8)
    static let metadataLabel = Array("cloakroom/1/metadata".utf8)
    static let wrapLabel = Array("cloakroom/1/wrap".utf8)
    static let bodyLabel = Array("cloakroom/1/body".utf8)
    static let agentLabel = [0] + Array("agent".utf8)
    static let userLabel = [0] + Array("user".utf8)
    static let rememberLabel = [0] + Array("remember".utf8) + [0]
    static let rememberSecretLabel = [0] + Array("remember-secret".utf8) + [0]
    static let rememberUserLabel = [0] + Array("remember-user".utf8) + [0]
    static let rememberRecordLabel = Array("cloakroom/1/remember".utf8)
    static let addressKeyLabel = Array("cloakroom/1/address-key".utf8)

    /// The HKDF info of a key that belongs to one pool.
    static func info(_ label: [UInt8], pool: PoolName) -> [UInt8] { label + [0] + pool.bytes }

    /// The pool in additional data. A name has at most 64 bytes.
    static func lengthAndName(_ pool: PoolName) -> [UInt8] { [UInt8(pool.bytes.count)] + pool.bytes }
}
