// SPDX-License-Identifier: Apache-2.0

/// What a request asks the gate to do.
public enum GateTask: Sendable {
    /// To say that it is there.
    case ping
    /// To say how it and the daemon are; the form is in the parameter ``GateParameter/queryString``.
    case status(GateParameters)
    /// To ask the daemon about a session.
    case check(GateCheck)
    /// Nothing but to send this: the daemon is not needed for it.
    case answered(GateAnswer, GateStatistics.Event)
}
