// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import FuzzDriver

/// Any bytes as sealed metadata, sealed tokens, a sealed body and a wrapped address key: always refused, as nobody can make an
/// authentic one by chance.
@main
enum FuzzRecord {
    static func main() { FuzzDriver.run(test) }

    private static func test(_ input: UnsafeRawBufferPointer) {
        let value = Array(input)
        do {
            let bench = try Bench.shared.get()
            guard case .rejected = try bench.sealer.openMetadata(value, at: bench.address, with: bench.metadataKey),
                case .rejected = try bench.sealer.openFamily(value, at: bench.address, with: bench.metadataKey),
                case .rejected = try bench.sealer.openBody(
                    value,
                    at: bench.address,
                    version: 1,
                    expires: UnixTime(seconds: 0),
                    with: bench.bodyKey
                )
            else { preconditionFailure("bytes that nobody sealed were opened") }
            if case .resealed = try bench.sealer.reseal(value, at: bench.address) {
                preconditionFailure("bytes that nobody sealed were sealed anew")
            }
            // Under the name of the other key, so that it is tried.
            if value.count >= 17,
                case .resealed = try bench.sealer.reseal(
                    Array(value[..<9]) + bench.keyring.keys[1].id.bytes + value[17...],
                    at: bench.address
                )
            {
                preconditionFailure("bytes that nobody sealed were sealed anew")
            }
            let wrapped = try? SessionSealer(keyring: bench.keyring, pool: .standard, wrappedAddressKey: value)
            precondition(wrapped == nil, "an address key that nobody wrapped was unwrapped")
        } catch {
            preconditionFailure("a fault, where a refusal is expected: \(error)")
        }
    }
}

/// Keys that all inputs are tried with.
private struct Bench {
    static let shared = Result { try Bench() }

    let keyring: Keyring
    let sealer: SessionSealer
    let address: SessionAddress
    let metadataKey: MetadataKey
    let bodyKey: BodyKey

    init() throws {
        try SecureHeap.prepare()
        guard let name = SessionName("PHPSESSID".utf8), let id = SessionID("0123456789abcdef".utf8) else {
            throw CryptoError(.key, "the reference is a valid one")
        }
        let reference = SessionReference(name: name, id: id)
        keyring = try Keyring((0..<2).map { _ in try MasterKey(SecureBytes.random(count: MasterKey.length)) })
        let wrapped = try SessionSealer.makeWrappedAddressKey(keyring: keyring, pool: .standard)
        sealer = try SessionSealer(keyring: keyring, pool: .standard, wrappedAddressKey: wrapped)
        address = try sealer.address(of: reference)
        metadataKey = try sealer.metadataKey(at: address)
        bodyKey = try sealer.bodyKey(for: reference, dataKey: .random())
    }
}
