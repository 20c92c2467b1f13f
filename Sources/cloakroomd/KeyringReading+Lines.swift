// SPDX-License-Identifier: Apache-2.0

import CloakroomServer

extension KeyringReading {
    /// Each key, for an operator.
    var lines: [String] {
        entries.enumerated().map { index, entry in
            "\(entry.key) from \(entry.source), \(index == 0 ? "which seals" : "which only opens")"
        }
    }
}
