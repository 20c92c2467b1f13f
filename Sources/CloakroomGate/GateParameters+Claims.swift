// SPDX-License-Identifier: Apache-2.0

import CloakroomCore

extension GateParameters {
    /// The greatest number of bytes of an address, as text.
    private static let maximumAddress = 46
    /// Of `X-Forwarded-For` and `Forwarded`: the end counts, which the nearest proxy wrote.
    private static let maximumForwarded = 160

    /// What the request says of the browser, cut as PHP's client cuts it (`BrowserClaims`), so that the daemon judges both alike.
    var claims: ClientClaims {
        ClientClaims(
            address: Array((self[.remoteAddress] ?? []).prefix(Self.maximumAddress)),
            agent: Array((self[.userAgent] ?? []).prefix(ClientClaims.maximumAgent)),
            forwardedFor: Array((self[.forwardedFor] ?? []).suffix(Self.maximumForwarded)),
            realIP: Array((self[.realIP] ?? []).prefix(Self.maximumAddress)),
            forwarded: Array((self[.forwarded] ?? []).suffix(Self.maximumForwarded))
        )
    }
}
