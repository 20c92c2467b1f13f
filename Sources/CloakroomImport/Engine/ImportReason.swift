// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin

/// Why something was left where it is.
public struct ImportReason: Equatable, Sendable {
    /// What kind of reason it is. The texts are those of `--json`.
    public enum Code: String, CaseIterable, Equatable, Sendable, Encodable {
        /// Its name is not one of a session.
        case notSession = "not a session"
        /// PHP would not look for it there.
        case wrongPlace = "wrong place"
        /// It is a symbolic link.
        case link
        /// It is no regular file, or no string.
        case otherKind = "other kind"
        /// It has several names.
        case severalNames = "several names"
        /// It belongs to somebody else.
        case otherOwner = "other owner"
        /// It is larger than what is taken.
        case tooLarge = "too large"
        /// A process has it.
        case inUse = "in use"
        /// It cannot be read.
        case unreadable
        /// It changed since it was read.
        case changed
        /// There is another session of that id, which was not used since.
        case different
        /// There was a session of that id.
        case ended
        /// Its time is over.
        case expired
        /// There is no room for it.
        case poolFull = "pool full"
        /// There is a damaged record of that id.
        case damaged
        /// It was imported, and could not be removed.
        case notRemoved = "not removed"
    }

    /// What kind of reason it is.
    public let code: Code
    /// The reason, for people.
    public let text: String

    /// Describes a reason.
    public init(_ code: Code, _ text: String) {
        self.code = code
        self.text = text
    }

    /// Why the daemon did not take a session over; `nil` when it did, or has it.
    init?(_ outcome: ImportOutcome) {
        switch outcome {
        case .adopted, .adoptable, .equal, .newer: return nil
        case .different:
            self.init(
                .different,
                "there is another session of that id, which was not used since: remove the one that is wrong"
            )
        case .ended: self.init(.ended, "the session of that id is over; --remove-ended removes what was left of it")
        case .expired: self.init(.expired, "its time is over; --remove-ended removes it")
        case .tooLarge: self.init(.tooLarge, "it is larger than limits.session_size")
        case .poolFull: self.init(.poolFull, "the pool is full: raise limits.sessions or limits.total_size")
        case .locked: self.init(.inUse, "a request has the session of that id; run the import again")
        case .unreadable:
            self.init(.damaged, "there is a record of that id that does not authenticate; the daemon's log says more")
        case .invalid: self.init(.notSession, "its name or id is none that PHP would take")
        }
    }
}
