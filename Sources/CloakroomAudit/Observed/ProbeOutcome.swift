// SPDX-License-Identifier: Apache-2.0

/// What came of asking a pool of FPM.
public enum ProbeOutcome: Hashable, Sendable {
    /// It has answered.
    case answered(ProbeAnswer)
    /// It was not asked, and why.
    case notAsked(reason: String)
    /// This user may not connect to it.
    case notAllowed
    /// Nobody listens where it should.
    case notRunning
    /// It has not answered in time.
    case late
    /// It has answered something else, and what.
    case failed(reason: String)
}
