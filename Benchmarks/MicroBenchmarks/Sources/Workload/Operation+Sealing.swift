// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto

extension Operation {
    /// Sealing and opening of what is stored.
    static let sealing = [
        sealingBody("seal body 2 KiB", Samples.size),
        openingBody("open body 2 KiB", Samples.size),
        sealingBody("seal body 64 KiB", Samples.large),
        openingBody("open body 64 KiB", Samples.large),
        sealingMetadata("seal metadata"),
        openingMetadata("open metadata"),
    ]

    private static let expires = Samples.time

    private static func sealingBody(_ name: String, _ count: Int) -> Operation {
        Operation(name) {
            let sealer = try Samples.sealer()
            let (address, key) = try bodyKey(sealer)
            let data = Samples.data(count).bytes
            return {
                for _ in 0..<$0 {
                    _ = try sealer.sealBody(data, at: address, version: 1, expires: expires, with: key)
                }
            }
        }
    }

    private static func openingBody(_ name: String, _ count: Int) -> Operation {
        Operation(name) {
            let sealer = try Samples.sealer()
            let (address, key) = try bodyKey(sealer)
            let data = Samples.data(count).bytes
            let sealed = try sealer.sealBody(data, at: address, version: 1, expires: expires, with: key)
            return {
                for _ in 0..<$0 {
                    let opened = try sealer.openBody(sealed, at: address, version: 1, expires: expires, with: key)
                    guard case .opened = opened else { throw WorkloadError("expected an opened body") }
                }
            }
        }
    }

    private static func bodyKey(_ sealer: SessionSealer) throws -> (SessionAddress, BodyKey) {
        let session = try Samples.session(0)
        return (try sealer.address(of: session), try sealer.bodyKey(for: session, dataKey: .random()))
    }

    private static func sealingMetadata(_ name: String) -> Operation {
        Operation(name) {
            let sealer = try Samples.sealer()
            let address = try sealer.address(of: Samples.session(0))
            let (key, metadata) = (try sealer.metadataKey(at: address), try Samples.metadata())
            return { for _ in 0..<$0 { _ = try sealer.seal(metadata, at: address, with: key) } }
        }
    }

    private static func openingMetadata(_ name: String) -> Operation {
        Operation(name) {
            let sealer = try Samples.sealer()
            let address = try sealer.address(of: Samples.session(0))
            let key = try sealer.metadataKey(at: address)
            let sealed = try sealer.seal(Samples.metadata(), at: address, with: key)
            return {
                for _ in 0..<$0 {
                    guard case .opened = try sealer.openMetadata(sealed, at: address, with: key) else {
                        throw WorkloadError("expected opened metadata")
                    }
                }
            }
        }
    }
}
