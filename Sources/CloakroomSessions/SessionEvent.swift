// SPDX-License-Identifier: Apache-2.0

/// Something that happened to a session, for the log.
public enum SessionEvent: String, CaseIterable, Sendable {
    /// It was made.
    case created
    /// It was taken over from another handler.
    case adopted
    /// It got another id.
    case regenerated
    /// It was refused, or used from elsewhere; the reason says what was wrong.
    case rejected
    /// It belongs to a user from now on.
    case identified
    /// It would be, or is, one more than its user may have.
    case overLimit = "over limit"
    /// A token by which a user is known again was issued, redeemed or ended; the action says which.
    case remembered
    /// It was removed on purpose.
    case destroyed
    /// It was removed because its time was over.
    case expired
    /// Somebody else had written it, and a write was refused.
    case conflict
    /// An id was used that had been replaced.
    case reuse
    /// A client sends ids that nobody has, again and again.
    case guessing

    /// Whether an operator should look at it, and not only somebody who wants to know all that goes on.
    var isForAttention: Bool {
        switch self {
        case .rejected, .conflict, .reuse, .guessing: true
        case .created, .adopted, .regenerated, .identified, .overLimit, .remembered, .destroyed, .expired: false
        }
    }
}
