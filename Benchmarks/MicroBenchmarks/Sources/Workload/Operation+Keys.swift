// SPDX-License-Identifier: Apache-2.0

import CloakroomCrypto

extension Operation {
    /// The derivations of a request's three keys.
    static let keys = [
        Operation("derive address") {
            let (sealer, session) = (try Samples.sealer(), try Samples.session(0))
            return { for _ in 0..<$0 { _ = try sealer.address(of: session) } }
        },
        Operation("derive metadata key") {
            let sealer = try Samples.sealer()
            let address = try sealer.address(of: Samples.session(0))
            return { for _ in 0..<$0 { _ = try sealer.metadataKey(at: address) } }
        },
        Operation("derive body key") {
            let (sealer, session) = (try Samples.sealer(), try Samples.session(0))
            let dataKey = try DataKey.random()
            return { for _ in 0..<$0 { _ = try sealer.bodyKey(for: session, dataKey: dataKey) } }
        },
    ]
}
