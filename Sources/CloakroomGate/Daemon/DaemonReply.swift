// SPDX-License-Identifier: Apache-2.0

public import CloakroomProtocol

/// What has come of a request to the daemon.
public enum DaemonReply: Equatable, Sendable {
    /// Its answer, which may be that it cannot.
    case answer(GateResponse)
    /// There is none.
    case absent(DaemonAbsence)
}
