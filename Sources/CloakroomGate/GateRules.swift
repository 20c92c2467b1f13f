// SPDX-License-Identifier: Apache-2.0

import CloakroomCore

/// What the web server's configuration requires of a session, and what it wants done with a browser that has none.
struct GateRules: Sendable {
    /// As what the gate is asked.
    let role: GateRole
    /// The name of the session, and of its cookie.
    let cookie: SessionName
    /// The pool; `nil`: `default`.
    let pool: PoolName?
    /// Whether the session has to be a user's.
    let needsUser: Bool
    /// How long ago it may have become the user's, in seconds; `nil`: that does not matter.
    let maximumAuthAge: UInt32?
    /// Whether the check counts as a use of the session.
    let isActivity: Bool
    /// Whether the request is let through when the daemon does not answer.
    let admitsUnchecked: Bool
    private let login: LoginURL?
    private let requestURI: [UInt8]?

    /// Reads the rules; an empty value is that of a parameter that is not given, so that a `map` of nginx can set one for some paths only.
    ///
    /// - Throws: ``GateMisconfiguration``, the first that is found.
    init(_ parameters: GateParameters, role: GateRole) throws(GateMisconfiguration) {
        self.role = role
        cookie = try Self.cookie(parameters)
        pool = try parameters.setting(.pool, "the name of a pool: 1 to 64 of a-z, 0-9, _ and -") { PoolName($0) }
        maximumAuthAge = try parameters.setting(.maximumAuthAge, "a number of seconds from 1 to 4294967295") {
            Self.seconds($0)
        }
        let isUserRequired = try parameters.choice(.require, off: "any", on: "identified")
        needsUser = isUserRequired || maximumAuthAge != nil
        isActivity = try parameters.choice(.activity, off: "off", on: "on")
        admitsUnchecked = try parameters.choice(.onError, off: "deny", on: "allow")
        login = try parameters.setting(.loginURL, LoginURL.rule) { LoginURL($0) }
        requestURI = parameters[.requestURI]
    }

    /// Where a browser is sent that has no usable session; `nil`: nowhere. Made when it is needed: most requests are let through.
    var loginURL: String? { login?.text(requestURI: requestURI) }

    private static let standardCookie = SessionName(Array("PHPSESSID".utf8))

    private static func cookie(_ parameters: GateParameters) throws(GateMisconfiguration) -> SessionName {
        let rule = "a session name as PHP can read it: letters, digits, - and _, not only digits"
        let given = try parameters.setting(.cookie, rule) { SessionCookie.name($0) }
        guard let name = given ?? standardCookie else { throw .missing(.cookie) }
        return name
    }

    private static func seconds(_ text: [UInt8]) -> UInt32? {
        guard text.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return UInt32(String(decoding: text, as: UTF8.self)).flatMap { $0 > 0 ? $0 : nil }
    }
}

extension GateParameters {
    /// The value of a parameter that may be missing or empty.
    fileprivate func setting<Value>(
        _ parameter: GateParameter,
        _ rule: String,
        _ read: ([UInt8]) -> Value?
    ) throws(GateMisconfiguration) -> Value? {
        guard let bytes = self[parameter], !bytes.isEmpty else { return nil }
        guard let value = read(bytes) else { throw .badValue(parameter, rule) }
        return value
    }

    /// Which of two words a parameter has; without it, the first.
    fileprivate func choice(_ parameter: GateParameter, off: String, on: String) throws(GateMisconfiguration) -> Bool {
        try setting(parameter, "\(off) or \(on)") { bytes in
            bytes.elementsEqual(on.utf8) ? true : bytes.elementsEqual(off.utf8) ? false : nil
        } ?? false
    }
}
