// SPDX-License-Identifier: Apache-2.0

/// Pools that run as one user.
public struct SharedUsers: AuditCheck {
    static let shared = "pools-share-user"
    /// The codes of all findings that it can make.
    public static let codes = [shared]

    /// Makes the check.
    public init() {}

    /// What it finds.
    public func findings(on host: AuditedHost) -> [Finding] {
        let pools = SessionSettings.all(on: host).filter { $0.runtime.pool?.user.isEmpty == false }
        let users = Dictionary(grouping: pools) { session in
            session.user.map(host.accounts.name(ofUser:)) ?? session.runtime.pool?.user ?? ""
        }
        return users.sorted { $0.key < $1.key }.flatMap { user, sharing in
            sharing.count > 1 ? sharing.map { finding($0, user, sharing) } : []
        }
    }

    private func finding(_ session: SessionSettings, _ user: String, _ all: [SessionSettings]) -> Finding {
        let own = session.runtime.name
        let others = all.map(\.runtime.name).filter { $0 != own }.sorted()
        return session.finding(
            Self.shared,
            all.allSatisfy(\.isCloakroom) ? .low : .medium,
            at: session.runtime.pool?.directives["user"]?.location ?? session.runtime.pool?.location,
            "It runs as \(user), as does \(others.prefix(3).joined(separator: "; "))\(others.count > 3 ? "; …" : ""): a site that is "
                + "broken into opens the sessions and files of the others.",
            "user = \(session.runtime.pool?.name ?? "NAME")\n; after: adduser --system --group \(session.runtime.pool?.name ?? "NAME")"
        )
    }
}
