// SPDX-License-Identifier: Apache-2.0

import CloakroomCore

/// The key below which there is no expiry entry. Sweeps start there: RocksDB must step over every deletion between the
/// start of a scan and the first entry alive, and the part that was swept is nothing but deletions.
///
/// The floor is never above an entry, once the call that wrote the entry has returned. `written` comes after the write,
/// so a scan that begins later starts low enough and sees the entry, and a scan that is under way learns of it at its end.
final class ExpiryFloor: Sendable {
    private struct State {
        var floor = ExpiryKey.first
        // The lowest key that was written since the scan under way began.
        var written = ExpiryKey.last
    }

    private let state = Locked(State())

    /// Notes that an entry was written.
    func written(_ key: ExpiryKey) {
        state.withLock {
            $0.floor = min($0.floor, key)
            $0.written = min($0.written, key)
        }
    }

    /// Begins a scan, and answers where. One scan at a time.
    func beginScan() -> ExpiryKey {
        state.withLock {
            $0.written = .last
            return $0.floor
        }
    }

    /// Ends a scan that found no entry below `key`.
    func endScan(nothingBelow key: ExpiryKey) {
        state.withLock { $0.floor = min(key, $0.written) }
    }
}
