// SPDX-License-Identifier: Apache-2.0

public import CloakroomAdmin

/// A session where another handler keeps it, as it was read. While it is there, nobody who keeps to that handler's locks changes it.
public protocol ImportOriginal {
    /// Where it is.
    var place: ImportPlace { get }

    /// What was read.
    var session: ImportedSession { get }

    /// Removes it if it is still what was read; answers why not, or `nil`.
    func remove() -> ImportReason?
}
