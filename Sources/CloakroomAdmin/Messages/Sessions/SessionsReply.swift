// SPDX-License-Identifier: Apache-2.0

public import CloakroomStatus

/// What the daemon answers about sessions, locks and users.
public enum SessionsReply: Equatable, Sendable {
    /// Sessions of a list; more may come.
    case sessions([SessionRow])
    /// Locks; more may come.
    case locks([LockRow])
    /// Users; more may come.
    case users([UserRow])
    /// The end of a list.
    case listed(ListEnd)
    /// What is known of a tag; an empty list: nothing.
    case details([SessionReport])
    /// What became of sessions that were to end.
    case ended(SessionsEnded)
    /// How many expired sessions and tokens were removed, by pool.
    case collected([Collected])
    /// What is not as it has to be; more may come.
    case findings([Finding])
    /// The end of a verification.
    case verified([Verified])
}

extension SessionsReply {
    static let names: Set<String> = [
        "sessions", "locks", "users", "listed", "session", "ended", "collected", "findings", "verified",
    ]

    /// Whether nothing more comes for the request.
    var isLast: Bool {
        switch self {
        case .sessions, .locks, .users, .findings: false
        case .listed, .details, .ended, .collected, .verified: true
        }
    }

    /// The name in the field `reply`.
    var name: String {
        switch self {
        case .sessions: "sessions"
        case .locks: "locks"
        case .users: "users"
        case .listed: "listed"
        case .details: "session"
        case .ended: "ended"
        case .collected: "collected"
        case .findings: "findings"
        case .verified: "verified"
        }
    }

    /// Reads the reply of a name that is one of ``names``.
    init(_ name: String, _ fields: KeyedDecodingContainer<MessageField>, from decoder: any Decoder) throws {
        switch name {
        case "sessions": self = .sessions(try fields.decode([SessionRow].self, forKey: "rows"))
        case "locks": self = .locks(try fields.decode([LockRow].self, forKey: "rows"))
        case "users": self = .users(try fields.decode([UserRow].self, forKey: "rows"))
        case "findings": self = .findings(try fields.decode([Finding].self, forKey: "rows"))
        case "session": self = .details(try fields.decode([SessionReport].self, forKey: "found"))
        case "ended": self = .ended(try SessionsEnded(from: decoder))
        case "collected": self = .collected(try fields.decode([Collected].self, forKey: "pools"))
        case "verified": self = .verified(try fields.decode([Verified].self, forKey: "pools"))
        default: self = .listed(try ListEnd(from: decoder))
        }
    }

    /// Writes all fields but the name.
    func encode(into fields: inout KeyedEncodingContainer<MessageField>, to encoder: any Encoder) throws {
        switch self {
        case .sessions(let rows): try fields.encode(rows, forKey: "rows")
        case .locks(let rows): try fields.encode(rows, forKey: "rows")
        case .users(let rows): try fields.encode(rows, forKey: "rows")
        case .findings(let rows): try fields.encode(rows, forKey: "rows")
        case .details(let found): try fields.encode(found, forKey: "found")
        case .ended(let ended): try ended.encode(to: encoder)
        case .collected(let pools): try fields.encode(pools, forKey: "pools")
        case .verified(let pools): try fields.encode(pools, forKey: "pools")
        case .listed(let end): try end.encode(to: encoder)
        }
    }
}
