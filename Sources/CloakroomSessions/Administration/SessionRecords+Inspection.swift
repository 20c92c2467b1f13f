// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto

extension SessionRecords {
    /// What a stored value is.
    enum Inspection {
        /// A session's metadata, as they are stored.
        case session(SessionMetadata)
        /// A family of tokens.
        case tokens(TokenFamily)
        /// It does not open.
        case rejected(Rejection)
    }

    /// Opens a stored value for somebody who looks at all of them: nothing is counted, logged or kept.
    func inspect(_ value: [UInt8], at address: SessionAddress) throws -> Inspection {
        let key = try sealer.metadataKey(at: address)
        switch try sealer.openMetadata(value, at: address, with: key) {
        case .opened(let metadata): return .session(metadata)
        case .rejected(let rejection):
            // A family is shorter, or, with a long name, of a session's length but under another label.
            guard rejection == .truncated || rejection == .notAuthentic,
                case .opened(let family) = try sealer.openFamily(value, at: address, with: key)
            else { return .rejected(rejection) }
            return .tokens(family)
        }
    }

    /// As ``inspect(_:at:)``, with the touches of a session that are not stored yet.
    func inspectCurrent(_ value: [UInt8], at address: SessionAddress) throws -> Inspection {
        if let cached = cache[address] { return .session(cached.metadata) }
        return try inspect(value, at: address)
    }
}
