// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomSessions

extension Verified {
    init(_ summary: VerificationSummary, of pool: String) {
        self.init(
            pool: pool,
            sessions: summary.sessions,
            tokens: summary.tokens,
            bodies: summary.bodies,
            entries: summary.entries,
            memberships: summary.memberships,
            findings: summary.findings
        )
    }
}

extension WorkStep {
    init(_ progress: VerificationProgress, of pool: String) {
        let phase: Phase =
            switch progress.phase {
            case .records: .verifyingRecords
            case .expiry: .verifyingExpiry
            case .groups: .verifyingGroups
            }
        self.init(pool: pool, phase: phase, done: progress.done, total: progress.total)
    }
}
