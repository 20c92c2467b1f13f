// SPDX-License-Identifier: Apache-2.0

import CloakroomGate
import CloakroomProtocol
import Testing

@Suite struct GateRoutingTests {
    private func word(_ task: GateTask) -> String {
        switch task {
        case .ping: "ping"
        case .status: "status"
        case .check: "check"
        case .answered(let answer, _): "\(answer.status) \(answer.reason ?? "")"
        }
    }

    @Test func theActionDecides() {
        for action in ["check", "status", "ping"] {
            #expect(word(Requests.task(["CLOAKROOM_ACTION": action, "SCRIPT_NAME": "/ping"])) == action)
        }
        for action in ["Check", "check ", "stop", "\u{e4}"] {
            #expect(word(Requests.task(["CLOAKROOM_ACTION": action])) == "500 misconfigured")
        }
    }

    @Test func withoutActionThePathDecides() {
        #expect(word(Requests.task(["SCRIPT_NAME": "/ping"])) == "ping")
        #expect(word(Requests.task(["SCRIPT_NAME": "/status"])) == "status")
        for path in ["", "/", "/ping/", "/statusx", "/Ping", "//ping", "/pingx"] {
            #expect(word(Requests.task(["SCRIPT_NAME": path])) == "check", "\(path)")
        }
        #expect(word(Requests.task()) == "check")
    }

    @Test func pathsCanBeOthersOrNone() {
        let parameters = Requests.parameters(["SCRIPT_NAME": "/gate-status"])
        let other = GateRouting(pingPath: nil, statusPath: "/gate-status")
        #expect(word(other.task(for: parameters, role: .responder)) == "status")
        #expect(word(other.task(for: Requests.parameters(["SCRIPT_NAME": "/ping"]), role: .responder)) == "check")
    }

    @Test func anAuthorizerOnlyChecks() {
        #expect(word(Requests.task(["SCRIPT_NAME": "/ping"], role: .authorizer)) == "check")
        #expect(word(Requests.task(["SCRIPT_NAME": "/status"], role: .authorizer)) == "check")
        #expect(word(Requests.task(["CLOAKROOM_ACTION": "ping"], role: .authorizer)) == "500 misconfigured")
        #expect(word(Requests.task(["CLOAKROOM_ACTION": "status"], role: .authorizer)) == "500 misconfigured")
    }

    @Test func theStatusCarriesTheQuery() {
        guard case .status(let parameters) = Requests.task(["CLOAKROOM_ACTION": "status", "QUERY_STRING": "json"])
        else {
            Issue.record("no status")
            return
        }
        #expect(parameters.text(.queryString) == "json")
    }

    @Test(arguments: [
        ("", "401 no-session"), ("x=1", "401 no-session"), ("PHPSESSID=", "401 no-session"),
        ("PHPSESSID", "401 no-session"), ("PHPSESSID[]=a", "401 bad-session-id"),
        ("PHPSESSID=a b", "401 bad-session-id"),
        ("PHPSESSID=a%00b", "401 bad-session-id"), ("PHPSESSID=../../etc/passwd", "401 bad-session-id"),
        ("PHPSESSID=a; PHPSESSID[]=b", "401 bad-session-id"), ("PHPSESSID=a; PHPSESSID=b", "check"),
        ("PHPSESSID=a", "check"), ("PHPSESSID=%61", "check"),
        ("PHPSESSID=" + String(repeating: "a", count: 256), "check"),
        ("PHPSESSID=" + String(repeating: "a", count: 257), "401 bad-session-id"),
    ])
    func sessionsThatCannotBeNeedNoDaemon(cookie: String, expected: String) {
        #expect(word(Requests.task(["HTTP_COOKIE": cookie])) == expected)
        #expect(word(Requests.task(["HTTP_COOKIE": cookie, "CLOAKROOM_ON_ERROR": "allow"])) == expected)
    }

    @Test(arguments: [
        ("CLOAKROOM_COOKIE", "a.b"), ("CLOAKROOM_COOKIE", "a\r\nb"), ("CLOAKROOM_COOKIE", "1"),
        ("CLOAKROOM_POOL", "Shop"), ("CLOAKROOM_POOL", "../shop"), ("CLOAKROOM_REQUIRE", "Identified"),
        ("CLOAKROOM_REQUIRE", "yes"), ("CLOAKROOM_MAX_AUTH_AGE", "-1"), ("CLOAKROOM_MAX_AUTH_AGE", "+1"),
        ("CLOAKROOM_MAX_AUTH_AGE", "0"), ("CLOAKROOM_MAX_AUTH_AGE", "4294967296"),
        ("CLOAKROOM_MAX_AUTH_AGE", "99999999999999999999999"), ("CLOAKROOM_MAX_AUTH_AGE", "5m"),
        ("CLOAKROOM_MAX_AUTH_AGE", " 5"), ("CLOAKROOM_MAX_AUTH_AGE", "\u{665}"), ("CLOAKROOM_ACTIVITY", "1"),
        ("CLOAKROOM_ON_ERROR", "Allow"), ("CLOAKROOM_LOGIN_URL", "javascript:alert(1)"),
    ])
    func badValuesAreNamed(parameter: String, value: String) throws {
        for role in [GateRole.responder, .authorizer] {
            let answer = try #require(Requests.answer([parameter: value], role: role))
            #expect(answer.status == 500)
            #expect(answer.reason == "misconfigured")
            #expect(answer.text.contains(parameter))
            #expect(answer.note?.contains(parameter) == true)
            #expect(answer.header("Cache-Control") == "no-store")
        }
    }

    @Test func emptyValuesAreThoseOfNone() {
        let names = ["ACTION", "COOKIE", "POOL", "REQUIRE", "MAX_AUTH_AGE", "ACTIVITY", "ON_ERROR", "LOGIN_URL"]
        #expect(word(Requests.task(Dictionary(uniqueKeysWithValues: names.map { ("CLOAKROOM_\($0)", "") }))) == "check")
    }

    @Test func whatIsMisspeltOpensNothing() throws {
        for name in [
            "CLOAKROOM_REQIURE", "CLOAKROOM_", "CLOAKROOM_require", "CLOAKROOM_MAXAUTHAGE", "CLOAKROOM_X\r\nY",
        ] {
            let answer = try #require(Requests.answer([name: "x"]), "\(name)")
            #expect(answer.status == 500)
            #expect(!answer.text.dropLast().contains { $0.isNewline })
        }
    }

    @Test func whatTheGateSaidBeforeAndPHPReadsMayStandThere() {
        let names = [
            "SOCKET", "STRICT", "COOKIES", "READ_ONLY", "USER", "SESSION", "AGE", "IDLE", "REMAINING", "AUTH_AGE",
            "REASON",
        ]
        for name in names { #expect(word(Requests.task(["CLOAKROOM_\(name)": "x"])) == "check", "\(name)") }
    }

    @Test func aBrowserCanSetNothing() throws {
        let headers = [
            "HTTP_CLOAKROOM_REQUIRE": "any", "HTTP_CLOAKROOM_ACTION": "ping", "HTTP_CLOAKROOM_COOKIE": "x",
            "HTTP_REMOTE_ADDR": "127.0.0.1", "HTTP_CLOAKROOM_NONE": "x", "HTTP_SCRIPT_NAME": "/ping",
        ]
        let check = try #require(Requests.check(headers))
        #expect(check.request.session == Requests.check()?.request.session)
        #expect(check.request.claims == Requests.check()?.request.claims)
    }

    @Test func anAddressIsNeeded() throws {
        // The daemon takes a request without one for a program's, and compares no browser.
        let answers = [Requests.answer(without: ["REMOTE_ADDR"]), Requests.answer(["REMOTE_ADDR": ""])]
        for answer in answers {
            #expect(answer?.status == 500)
            #expect(answer?.text.contains("REMOTE_ADDR") == true)
        }
    }
}
