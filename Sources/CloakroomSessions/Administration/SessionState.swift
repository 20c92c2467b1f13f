// SPDX-License-Identifier: Apache-2.0

/// Whether a session can be used.
public enum SessionState: String, CaseIterable, Sendable {
    /// It can.
    case live
    /// Another id has taken the place of its id; it can be used for a short grace at most.
    case replaced
    /// Its time is over, and it is about to be removed.
    case expired
    /// It was destroyed, and nothing is left of it but that, so that no old file brings it back.
    case ended
}
