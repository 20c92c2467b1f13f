// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
import CloakroomCrypto
import CloakroomStore

extension SessionService {
    /// The most records of one tag that are looked at: two of a million share theirs once in five hundred stores.
    private static let mostOfTag = 16

    /// All that is known of what a tag names: nearly always one record, or none.
    ///
    /// - Throws: `StoreError` or `CryptoError`.
    public func details(of tag: SessionTag) throws -> [SessionDetails] {
        try addresses(of: tag).map { address in
            let value = try records.store.metadata(at: address)
            return SessionDetails(
                tag: tag,
                kind: try value.map { try kind(of: $0, at: address) } ?? .unwritten,
                key: value.flatMap { SessionSealer.keyID(of: $0) },
                lock: locks.report(on: address)
            )
        }
    }

    /// The addresses that a tag may mean: of records, and of sessions whose lock somebody has.
    func addresses(of tag: SessionTag) throws -> [SessionAddress] {
        let stored = try records.store.metadata(after: .last(before: tag), limit: Self.mostOfTag).map(\.address)
        let held = locks.report().map(\.address)
        return Set((stored + held).filter { $0.sessionTag == tag }).sorted()
    }

    private func kind(of value: [UInt8], at address: SessionAddress) throws -> SessionDetails.Kind {
        let now = clock.now()
        return switch try records.inspectCurrent(value, at: address) {
        case .session(let metadata):
            .session(SessionDetails.Session(metadata, at: address, now: now, rules.lifetimes))
        case .tokens(let family):
            .tokens(
                user: family.user,
                age: now.seconds(since: family.created),
                endsIn: family.deadline.seconds(since: now)
            )
        case .rejected(let rejection): .unreadable(rejection)
        }
    }
}
