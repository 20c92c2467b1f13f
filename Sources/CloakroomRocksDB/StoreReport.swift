// SPDX-License-Identifier: Apache-2.0

public import CloakroomStore

/// What happens to an open store and an operator should know.
public enum StoreReport: Sendable {
    /// Writes are refused from now on, and why. Reads go on.
    case refusesWrites(StoreError)
    /// The database had to be closed to open it again, and could not be opened: reads are refused too.
    case refusesReads(StoreError)
    /// Reads and writes go on, and what else there is to know.
    case resumed(warnings: [String])
}
