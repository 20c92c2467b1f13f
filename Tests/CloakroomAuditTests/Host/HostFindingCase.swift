// SPDX-License-Identifier: Apache-2.0

import CloakroomAudit
import Testing

/// A finding of the host: a change of the shipped tree that shows it, and one, near to it, that does not.
struct HostFindingCase: Sendable, CustomTestStringConvertible {
    let code: String
    let severity: Severity
    /// Makes the tree in which there is this finding and no other.
    let shows: @Sendable (CloakroomTree) throws -> Void
    /// Makes the tree in which there is none.
    let lacks: @Sendable (CloakroomTree) throws -> Void

    init(
        _ code: String,
        _ severity: Severity,
        shows: @escaping @Sendable (CloakroomTree) throws -> Void,
        lacks: @escaping @Sendable (CloakroomTree) throws -> Void
    ) {
        self.code = code
        self.severity = severity
        self.shows = shows
        self.lacks = lacks
    }

    var testDescription: String { code }

    /// Every case.
    static let all = keys + store + sockets + gate + configuration + unit + kernel + fpm + observed
}
