// SPDX-License-Identifier: Apache-2.0

/// Why a FastCGI server gave no answer.
package enum FastCGIError: Error, Hashable, Sendable {
    /// Nobody listens there.
    case notRunning
    /// This user may not connect.
    case notAllowed
    /// Not within the time limit.
    case late
    /// The connection ended before the answer did.
    case lost
    /// What came is no FastCGI, or more than is taken.
    case malformed(String)
    /// The server says that it did not do it (FastCGI 1.0, 5.5).
    case refused(String)
    /// What the system says.
    case system(String)
}
