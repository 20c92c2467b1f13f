// SPDX-License-Identifier: Apache-2.0

public import CloakroomStatus

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The daemon's answer to STATUS.
public enum StatusSnapshotJSON {
    /// Reads it.
    ///
    /// - Throws: `DecodingError` when it is not what this version of the gate knows.
    public static func snapshot(_ bytes: [UInt8]) throws -> StatusSnapshot {
        try JSONDecoder().decode(StatusSnapshot.self, from: Data(bytes))
    }
}
