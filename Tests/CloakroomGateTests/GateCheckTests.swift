// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomGate
import CloakroomProtocol
import Testing

@Suite struct GateCheckTests {
    @Test func asksForTheSessionOfTheBrowser() throws {
        let check = try #require(
            Requests.check([
                "HTTP_X_FORWARDED_FOR": "203.0.113.1", "HTTP_X_REAL_IP": "203.0.113.2",
                "HTTP_FORWARDED": "for=203.0.113.3",
            ])
        )
        #expect(check.request.session.name.bytes == Array("PHPSESSID".utf8))
        #expect(check.request.session.id.bytes == Array(Requests.id.utf8))
        #expect(check.request.pool == nil)
        #expect(!check.request.isActivity)
        let claims = check.request.claims
        #expect(claims.address == Array("192.0.2.1".utf8))
        #expect(claims.agent == Array("Browser/1".utf8))
        #expect(claims.forwardedFor == Array("203.0.113.1".utf8))
        #expect(claims.realIP == Array("203.0.113.2".utf8))
        #expect(claims.forwarded == Array("for=203.0.113.3".utf8))
    }

    @Test func asksAsItIsConfigured() throws {
        let check = try #require(
            Requests.check([
                "CLOAKROOM_COOKIE": "SHOP", "HTTP_COOKIE": "PHPSESSID=x; SHOP=abc", "CLOAKROOM_POOL": "shop",
                "CLOAKROOM_ACTIVITY": "on",
            ])
        )
        #expect(check.request.session.name.bytes == Array("SHOP".utf8))
        #expect(check.request.session.id.bytes == Array("abc".utf8))
        #expect(check.request.pool == PoolName("shop"))
        #expect(check.request.isActivity)
    }

    @Test func claimsAreCutAsPHPCutsThem() throws {
        let long = String(repeating: "a", count: 1000) + "z"
        let claims = try #require(
            Requests.check([
                "REMOTE_ADDR": long, "HTTP_USER_AGENT": long, "HTTP_X_FORWARDED_FOR": long, "HTTP_X_REAL_IP": long,
                "HTTP_FORWARDED": long,
            ])
        ).request.claims
        #expect(claims.address.count == 46 && claims.address.last == UInt8(ascii: "a"))
        #expect(claims.agent.count == ClientClaims.maximumAgent && claims.agent.last == UInt8(ascii: "a"))
        #expect(claims.forwardedFor.count == 160 && claims.forwardedFor.last == UInt8(ascii: "z"))
        #expect(claims.realIP.count == 46 && claims.realIP.last == UInt8(ascii: "a"))
        #expect(claims.forwarded.count == 160 && claims.forwarded.last == UInt8(ascii: "z"))
    }

    @Test func admitsASession() throws {
        let (answer, event) = try #require(Requests.check()).answer(to: .alive(Requests.alive()))
        #expect(event == .admitted)
        let expected = GateAnswer(
            status: 204,
            headers: [
                (name: "Cache-Control", value: "no-store"), (name: "Cloakroom-Reason", value: "admitted"),
                (name: "Cloakroom-Session", value: "0123456789ab"), (name: "Cloakroom-Age", value: "100"),
                (name: "Cloakroom-Idle", value: "20"), (name: "Cloakroom-Remaining", value: "1420"),
            ]
        )
        #expect(answer == expected)
    }

    @Test func admitsAUser() throws {
        let (answer, _) = try #require(Requests.check()).answer(to: .alive(Requests.alive(user: "anna")))
        #expect(answer.header("Cloakroom-User") == "anna")
        #expect(answer.header("Cloakroom-Auth-Age") == "30")
    }

    @Test func tellsTheWebServerAsAnAuthorizer() throws {
        let (answer, event) = try #require(Requests.check(role: .authorizer))
            .answer(to: .alive(Requests.alive(user: "anna")))
        #expect(event == .admitted)
        #expect(answer.status == 200)
        #expect(
            answer.headers.map { "\($0.name): \($0.value)" } == [
                "Cache-Control: no-store", "Cloakroom-Reason: admitted", "Variable-CLOAKROOM_REASON: admitted",
                "Variable-CLOAKROOM_SESSION: 0123456789ab", "Variable-CLOAKROOM_AGE: 100",
                "Variable-CLOAKROOM_IDLE: 20", "Variable-CLOAKROOM_REMAINING: 1420", "Variable-CLOAKROOM_USER: anna",
                "Variable-CLOAKROOM_AUTH_AGE: 30", "Variable-REMOTE_USER: anna",
            ]
        )
        let (nobody, _) = try #require(Requests.check(role: .authorizer)).answer(to: .alive(Requests.alive()))
        #expect(nobody.header("Variable-REMOTE_USER") == nil && nobody.header("Variable-CLOAKROOM_USER") == nil)
    }

    @Test(arguments: [
        ("anna@example.org", "anna@example.org"), ("a b", "a%20b"), ("a\r\nSet-Cookie: x", "a%0D%0ASet-Cookie:%20x"),
        ("Zoë", "Zo%C3%AB"), ("100%", "100%25"), ("a,b;c\"d\\e", "a%2Cb%3Bc%22d%5Ce"), ("\0", "%00"), ("\u{7f}", "%7F"),
        ("../:<>'&", "../:<>'&"),
    ])
    func userNamesAreEncoded(name: String, encoded: String) throws {
        for (role, header) in [(GateRole.responder, "Cloakroom-User"), (.authorizer, "Variable-CLOAKROOM_USER")] {
            let (answer, _) = try #require(Requests.check(role: role)).answer(to: .alive(Requests.alive(user: name)))
            #expect(answer.header(header) == encoded)
        }
    }

    @Test(arguments: [
        (AbsenceReason.unknown, 401, "unknown"), (.expired, 401, "expired"), (.tooOld, 401, "too-old"),
        (.destroyed, 401, "destroyed"), (.replaced, 401, "replaced"), (.unreadable, 401, "unreadable"),
        (.otherAddress, 403, "other-address"), (.otherAgent, 403, "other-agent"),
        (AbsenceReason(rawValue: 200), 401, "unknown"),
    ])
    func refusesWhatIsNotAlive(reason: AbsenceReason, status: Int, word: String) throws {
        for role in [GateRole.responder, .authorizer] {
            let check = try #require(Requests.check(["CLOAKROOM_ON_ERROR": "allow"], role: role))
            let (answer, event) = check.answer(to: .notAlive(reason))
            #expect(answer.status == status)
            #expect(answer.reason == word)
            #expect(event == (status == 401 ? .unauthorized : .forbidden))
            #expect((answer.header("WWW-Authenticate") == "Cookie cookie-name=\"PHPSESSID\"") == (status == 401))
            #expect(answer.header("Cache-Control") == "no-store")
        }
    }

    @Test func identifiedSessionsAreRequired() throws {
        let check = try #require(Requests.check(["CLOAKROOM_REQUIRE": "identified"]))
        let (refused, event) = check.answer(to: .alive(Requests.alive()))
        #expect(refused.status == 401 && refused.reason == "anonymous" && event == .unauthorized)
        #expect(refused.header("Cloakroom-Session") == nil)
        #expect(check.answer(to: .alive(Requests.alive(user: "anna", userAge: .max))).0.status == 204)
    }

    @Test func theIdentificationMustBeRecent() throws {
        for require in ["any", "identified"] {
            let check = try #require(
                Requests.check(["CLOAKROOM_MAX_AUTH_AGE": "300", "CLOAKROOM_REQUIRE": require])
            )
            #expect(check.answer(to: .alive(Requests.alive())).0.reason == "anonymous")
            #expect(check.answer(to: .alive(Requests.alive(user: "anna", userAge: 300))).0.status == 204)
            let (answer, event) = check.answer(to: .alive(Requests.alive(user: "anna", userAge: 301)))
            #expect(answer.status == 401 && answer.reason == "auth-too-old" && event == .unauthorized)
        }
    }

    @Test func guessesAreForbidden() throws {
        let check = try #require(Requests.check(["CLOAKROOM_ON_ERROR": "allow"]))
        let (answer, event) = check.answer(to: .error(ProtocolError(.tooManyUnknownIDs, "wait")))
        #expect(answer.status == 403 && answer.reason == "guessing" && event == .forbidden)
    }

    @Test func anUnknownPoolIsAMistakeAlsoWhereFaultsOpen() throws {
        let check = try #require(Requests.check(["CLOAKROOM_ON_ERROR": "allow", "CLOAKROOM_POOL": "shop"]))
        let (answer, event) = check.answer(to: .error(ProtocolError(.unknownPool, "no")))
        #expect(answer.status == 500 && answer.reason == "misconfigured" && event == .misconfigured)
        #expect(answer.text.contains("no pool shop"))
    }

    @Test(arguments: [
        ErrorCode.storeFault, .shuttingDown, .internalFault, .refused, .malformed, .badSessionID, .tooManyConnections,
        .unsupportedVersion, ErrorCode(rawValue: 60_000),
    ])
    func faultsCloseTheGateUnlessItIsToldToOpen(code: ErrorCode) throws {
        let response = GateResponse.error(ProtocolError(code, "secret path"))
        let (closed, event) = try #require(Requests.check()).answer(to: response)
        #expect(closed.status == 503 && closed.reason == "daemon-away" && event == .unanswered)
        #expect(closed.header("Retry-After") == "1")
        let (open, opened) = try #require(Requests.check(["CLOAKROOM_ON_ERROR": "allow"])).answer(to: response)
        #expect(open.status == 204 && open.reason == "unchecked" && opened == .admittedUnchecked)
        #expect(open.header("Cloakroom-Session") == nil)
        for answer in [closed, open] {
            #expect(!String(decoding: answer.bytes, as: UTF8.self).contains("secret path"))
            #expect(answer.note?.contains("secret path") == true)
        }
    }

    @Test func aDaemonThatIsAwayClosesTheGate() throws {
        for role in [GateRole.responder, .authorizer] {
            let (answer, event) = try #require(Requests.check(role: role)).answerWithoutDaemon("no socket")
            #expect(answer.status == 503 && event == .unanswered && answer.note == "no socket")
            let allowing = try #require(Requests.check(["CLOAKROOM_ON_ERROR": "allow"], role: role))
            let (open, opened) = allowing.answerWithoutDaemon("no socket")
            #expect(open.status == (role == .responder ? 204 : 200) && opened == .admittedUnchecked)
            #expect(open.headers.filter { $0.name.contains("USER") || $0.name.contains("User") }.isEmpty)
        }
    }

    @Test func answersToOtherQuestionsOpenNothing() throws {
        let check = try #require(Requests.check())
        #expect(check.answer(to: .status([])).0.status == 503)
        #expect(check.answer(to: .hello(ProtocolVersion(rawValue: 1), daemon: "1")).0.status == 503)
    }
}
