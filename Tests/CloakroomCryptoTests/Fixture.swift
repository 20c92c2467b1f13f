// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import Testing

/// A sealer with a keyring of its own and one session, for tests.
struct Fixture {
    let keyring: Keyring
    let wrapped: [UInt8]
    let sealer: SessionSealer
    let reference: SessionReference
    let address: SessionAddress
    let metadataKey: MetadataKey
    let dataKey: DataKey
    let bodyKey: BodyKey
    let user: SessionUser
    let family: SessionAddress

    init(keys: Int = 1) throws {
        try SecureHeap.prepare()
        keyring = try Keyring((0..<keys).map { _ in try MasterKey(SecureBytes.random(count: 32)) })
        wrapped = try SessionSealer.makeWrappedAddressKey(keyring: keyring, pool: .standard)
        sealer = try SessionSealer(keyring: keyring, pool: .standard, wrappedAddressKey: wrapped)
        reference = try makeReference("PHPSESSID", "5o3dg7q1r7b2n4kq8v1c6m9t0a")
        address = try sealer.address(of: reference)
        metadataKey = try sealer.metadataKey(at: address)
        dataKey = try DataKey.random()
        bodyKey = try sealer.bodyKey(for: reference, dataKey: dataKey)
        let name = try #require(UserName("alice@example.org".utf8))
        user = SessionUser(name: name, group: try sealer.group(of: name), identified: UnixTime(seconds: 177))
        family = try sealer.address(of: sealer.makeToken())
    }

    var metadata: SessionMetadata {
        SessionMetadata(
            dataKey: dataKey,
            version: 11,
            writeToken: 22,
            created: UnixTime(seconds: 33),
            lastSeen: UnixTime(seconds: 44),
            lifetime: 55,
            deadline: UnixTime(seconds: 66),
            expirySlot: UnixTime(seconds: 77),
            bodyExpires: UnixTime(seconds: 88),
            size: 99,
            retired: UnixTime(seconds: 111),
            successor: address,
            tokenFamily: family,
            binding: SessionBinding(version: 4, prefix: 16, network: (122, 133), family: 144, agent: (155, 166)),
            user: user
        )
    }

    func sealedMetadata() throws -> [UInt8] { try sealer.seal(metadata, at: address, with: metadataKey) }

    func sealedBody(_ data: [UInt8], version: UInt64 = 11, expires: UInt64 = 88) throws -> [UInt8] {
        try sealer.sealBody(
            data,
            at: address,
            version: version,
            expires: UnixTime(seconds: expires),
            with: bodyKey
        )
    }

    func openMetadata(_ value: [UInt8]) throws -> Opened<SessionMetadata> {
        try sealer.openMetadata(value, at: address, with: metadataKey)
    }

    func openBody(_ value: [UInt8], version: UInt64 = 11, expires: UInt64 = 88) throws -> Opened<[UInt8]> {
        try sealer.openBody(
            value,
            at: address,
            version: version,
            expires: UnixTime(seconds: expires),
            with: bodyKey
        )
    }
}

func makeReference(_ name: String, _ id: String) throws -> SessionReference {
    SessionReference(
        name: try #require(SessionName(Array(name.utf8))),
        id: try #require(SessionID(Array(id.utf8)))
    )
}

extension Opened {
    /// Why it was rejected, `nil` when it was opened.
    var rejection: Rejection? {
        if case .rejected(let rejection) = self { return rejection }
        return nil
    }

    /// What it holds, `nil` when it was rejected.
    var value: Value? {
        if case .opened(let value) = self { return value }
        return nil
    }
}

extension [UInt8] {
    /// The bytes that hexadecimal digits stand for.
    init(hexadecimal text: String) throws {
        let digits = try text.map { try #require($0.hexDigitValue) }
        try #require(digits.count.isMultiple(of: 2))
        self = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    /// Two lower-case digits per byte.
    var hexadecimal: String {
        map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
    }
}
