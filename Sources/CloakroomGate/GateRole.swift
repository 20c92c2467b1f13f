// SPDX-License-Identifier: Apache-2.0

/// What the web server takes the gate for (FastCGI Specification 1.0, section 6).
public enum GateRole: Hashable, Sendable {
    /// It answers a request, as nginx's `auth_request` wants it.
    case responder
    /// It decides whether the web server may answer one.
    case authorizer
}
