// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
import CloakroomCrypto
import CloakroomStore
import Logging

extension SessionService {
    /// Members looked up in one go.
    private static let page = 64

    /// Makes a token by which a user's browser is known again, the first of its family, and links the client's session to it.
    ///
    /// - Throws: `StoreError` or `CryptoError`; nobody gets what may have been stored.
    public func issueToken(to user: UserName, for client: SessionClient) async throws -> IssueOutcome {
        while true {
            if let outcome = try issueNow(user, client) { return outcome }
            try await records.usage.prepare()
        }
    }

    /// As ``issueToken(to:for:)``, or answers `nil` while it is not known what the pool holds.
    private func issueNow(_ user: UserName, _ client: SessionClient) throws -> IssueOutcome? {
        let token = try sealer.makeToken()
        let now = clock.now()
        let family = TokenFamily(
            present: try sealer.digest(of: token),
            created: now,
            deadline: now.advanced(by: rules.remembering.lifetime),
            binding: try binding(of: client),
            user: user
        )
        switch try records.admit(family) {
        case .admitted: break
        case .refused(let limit):
            statistics.add(.overLimit)
            logger.warning("the pool is full: new tokens are refused", metadata: ["limit": "\(limit)"])
            return .poolFull(limit)
        case .unknown: return nil
        }
        let address = try sealer.address(of: token)
        try latches.withLatch(address) { try records.put(family, at: address, isNew: true) }
        let tokens = BrowserTokens(family: address, user: user)
        try link(tokens, for: client)
        client.tokens = tokens
        try note("issued", family, at: address, client)
        return .issued(IssuedToken(token: token, lifetime: rules.remembering.lifetime))
    }

    /// Answers whose token it is, and replaces it. A token that was used before ends its family, unless that was a moment ago.
    ///
    /// - Throws: `StoreError` or `CryptoError`; the token is as good as before.
    public func redeem(_ token: RememberToken, for client: SessionClient) throws -> RedeemOutcome {
        let address = try sealer.address(of: token)
        return try latches.withLatch(address) {
            switch try check(token, at: address, client) {
            case .refused(let outcome): return outcome
            case .again(let family):
                client.tokens = BrowserTokens(family: address, user: family.user)
                try note("again", family, at: address, client)
                return .again(family.user, since: family.created)
            case .present(var family):
                let now = clock.now()
                let next = try sealer.makeToken(after: token)
                family.previous = TokenFamily.Replaced(digest: family.present, time: now)
                family.present = try sealer.digest(of: next)
                // As a session that was made for no browser, it belongs to the first one that comes.
                if !family.binding.isBound { family.binding = try binding(of: client) }
                try records.put(family, at: address, isNew: false)
                client.tokens = BrowserTokens(family: address, user: family.user)
                try note("redeemed", family, at: address, client)
                let left = end(of: family).seconds - now.seconds
                return .remembered(family.user, since: family.created, IssuedToken(token: next, lifetime: left))
            }
        }
    }

    /// Ends a token and its family, and answers whether there was one.
    ///
    /// - Throws: `StoreError` or `CryptoError`; it has not ended.
    public func forget(_ token: RememberToken, for client: SessionClient) throws -> Bool {
        let address = try sealer.address(of: token)
        return try latches.withLatch(address) {
            switch try check(token, at: address, client) {
            case .refused(let outcome): return outcome == .reused
            case .present(let family), .again(let family):
                try records.remove(family, at: address)
                if client.tokens?.family == address { client.tokens = nil }
                try note("ended", family, at: address, client)
                return true
            }
        }
    }

    /// Ends all tokens of a user.
    func endTokens(of user: UserName, for client: SessionClient) throws {
        let group = try sealer.tokenGroup(of: user)
        var last: SessionAddress?
        while true {
            let members = try records.store.members(of: group, after: last, limit: Self.page)
            for address in members {
                try latches.withLatch(address) {
                    guard let family = try records.family(at: address) else {
                        // What does not authenticate is of no use; its entry goes when it comes due.
                        return try records.store.remove(address, expiry: nil)
                    }
                    guard family.user == user else { return }
                    try records.remove(family, at: address)
                    try note("ended", family, at: address, client)
                }
            }
            guard members.count == Self.page else { return }
            last = members.last
        }
    }
}

extension SessionService {
    /// What a token is worth.
    private enum Check {
        /// It is the present one of its family.
        case present(TokenFamily)
        /// It was the present one a moment ago.
        case again(TokenFamily)
        /// It is worth nothing.
        case refused(RedeemOutcome)
    }

    /// Looks at a token, and ends its family if that has to be. The caller holds the latch.
    private func check(_ token: RememberToken, at address: SessionAddress, _ client: SessionClient) throws -> Check {
        guard let family = try records.family(at: address) else { return .refused(.unknown) }
        let now = clock.now()
        guard now < end(of: family) else { return .refused(.expired) }
        let digest = try sealer.digest(of: token)
        let isPresent = family.present.matches(digest)
        guard isPresent || wasReplacedJustNow(digest, family, now) else {
            try records.remove(family, at: address)
            try noteReuse(family, at: address, client)
            return .refused(.reused)
        }
        let user = try sealer.group(of: family.user)
        if let verdict = try verdict(on: family.binding, of: user, at: address, for: client),
            let refused = verdict.refused
        {
            statistics.add(.rejected)
            if verdict.ends { try records.remove(family, at: address) }
            return .refused(refused == .address ? .otherAddress : .otherAgent)
        }
        return isPresent ? .present(family) : .again(family)
    }

    private func wasReplacedJustNow(_ digest: SecretDigest, _ family: TokenFamily, _ now: UnixTime) -> Bool {
        guard let previous = family.previous, previous.digest.matches(digest) else { return false }
        return now < previous.time.advanced(by: rules.remembering.grace)
    }

    /// When a family ends: as it was issued, or sooner if the rules have become stricter.
    private func end(of family: TokenFamily) -> UnixTime {
        min(family.deadline, family.created.advanced(by: rules.remembering.lifetime))
    }

    private func binding(of client: SessionClient) throws -> SessionBinding {
        try client.browser(rules.binding, sealer)?.binding(rules.binding) ?? SessionBinding()
    }

    private func noteReuse(_ family: TokenFamily, at address: SessionAddress, _ client: SessionClient) throws {
        statistics.add(.reused)
        events.note(
            .reuse,
            address,
            client,
            browser: try client.browser(rules.binding, sealer),
            user: try sealer.group(of: family.user),
            reason: "remember me"
        )
    }

    /// Reports what became of a token.
    func note(
        _ action: String,
        _ family: TokenFamily,
        at address: SessionAddress,
        _ client: SessionClient
    ) throws {
        guard events.takes(.remembered) else { return }
        events.note(
            .remembered,
            address,
            client,
            browser: try client.browser(rules.binding, sealer),
            user: try sealer.group(of: family.user),
            details: ["action": "\(action)"]
        )
    }
}
