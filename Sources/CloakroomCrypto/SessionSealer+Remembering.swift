// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore

extension SessionSealer {
    /// A new token: of a family that there is, or the first of a new one.
    public func makeToken(after previous: RememberToken? = nil) throws(CryptoError) -> RememberToken {
        let selector: [UInt8]
        if let previous {
            selector = Array(previous.selector)
        } else {
            selector = try Self.random(count: RememberToken.selectorLength)
        }
        guard let token = RememberToken(selector + (try Self.random(count: RememberToken.secretLength))) else {
            preconditionFailure("selector and secret make a token")
        }
        return token
    }

    private static func random(count: Int) throws(CryptoError) -> [UInt8] {
        try SecureBytes.random(count: count).withUnsafeBytes { Array($0) }
    }

    /// Where the family of a token is kept: no session's reference begins with a zero byte.
    public func address(of token: RememberToken) throws(CryptoError) -> SessionAddress {
        try keyedHash(RecordFormat.rememberLabel + token.selector)
    }

    /// What is stored of a token's secret.
    public func digest(of token: RememberToken) throws(CryptoError) -> SecretDigest {
        SecretDigest(try keyedHash(RecordFormat.rememberSecretLabel + token.bytes).bytes)
    }

    /// The group of the families of a user's tokens, which is not that of his sessions.
    public func tokenGroup(of user: UserName) throws(CryptoError) -> SessionAddress {
        try keyedHash(RecordFormat.rememberUserLabel + user.bytes)
    }

    /// Seals a family. The label in the additional data keeps it from being taken for a session's metadata.
    public func seal(
        _ family: TokenFamily,
        at address: SessionAddress,
        with key: MetadataKey
    ) throws(CryptoError) -> [UInt8] {
        try seal(
            RecordFormat.rememberRecordLabel,
            expires: family.deadline,
            count: family.encodedLength,
            at: address,
            with: key
        ) { family.encode(into: $0) }
    }

    /// Opens a family.
    public func openFamily(
        _ value: [UInt8],
        at address: SessionAddress,
        with key: MetadataKey
    ) throws(CryptoError) -> Opened<TokenFamily> {
        try open(
            RecordFormat.rememberRecordLabel,
            value,
            count: TokenFamily.fixedLength...(TokenFamily.fixedLength + UserName.maximumLength),
            at: address,
            with: key
        ) { TokenFamily(decoding: $0, deadline: $1) }
    }
}
