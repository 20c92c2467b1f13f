// SPDX-License-Identifier: Apache-2.0

import CloakroomGate
import CloakroomProtocol
import Testing

@Suite struct LoginURLTests {
    private func login(_ url: String, uri: String?) -> String? {
        var more = ["CLOAKROOM_LOGIN_URL": url, "HTTP_COOKIE": ""]
        more["REQUEST_URI"] = uri
        return Requests.answer(more)?.header("Cloakroom-Login")
    }

    @Test func aResponderSaysWhereToGo() throws {
        let answer = try #require(Requests.answer(["CLOAKROOM_LOGIN_URL": "/login", "HTTP_COOKIE": ""]))
        #expect(answer.status == 401)
        #expect(answer.header("Cloakroom-Login") == "/login")
        #expect(answer.header("Location") == nil)
        #expect(answer.header("WWW-Authenticate") != nil)
    }

    @Test func anAuthorizerSendsThere() throws {
        let answer = try #require(
            Requests.answer(["CLOAKROOM_LOGIN_URL": "/login", "HTTP_COOKIE": ""], role: .authorizer)
        )
        #expect(answer.status == 302)
        #expect(answer.header("Location") == "/login")
        #expect(answer.reason == "no-session")
    }

    @Test func onlyWhoCanLogInIsSent() throws {
        for role in [GateRole.responder, .authorizer] {
            let check = try #require(Requests.check(["CLOAKROOM_LOGIN_URL": "/login"], role: role))
            for answer in [check.answer(to: .notAlive(.otherAgent)).0, check.answerWithoutDaemon("away").0] {
                #expect(answer.header("Location") == nil && answer.header("Cloakroom-Login") == nil)
            }
            let refused = check.answer(to: .notAlive(.expired)).0
            #expect(refused.header(role == .responder ? "Cloakroom-Login" : "Location") == "/login")
        }
    }

    @Test(arguments: [
        "/", "/login", "/login?a=b#c", "/login?to={uri}", "https://id.example/login?to={uri}&x=1", "http://id.example",
        "HTTPS://id.example/", "/a%20b",
    ])
    func isTaken(url: String) {
        #expect(login(url, uri: "/") == url.replacingFirst("{uri}", with: "%2F"))
    }

    @Test(arguments: [
        "login", "//evil.example", "/\\evil.example", "javascript:alert(1)", "data:text/html,x", "ftp://a/", "https:/a",
        "https://", "https:///a", "http://?a", "https:\\\\a", "/a b", "/a\r\nSet-Cookie: x", "/a\tb", "/ä", "/a\"b",
        "/a<b>", "/{uri}", "https://{uri}/", "https://a/{uri}?x", "/login#{uri}", "/login?a=#{uri}",
        "/login?a={uri}&b={uri}", "/login?a={url}", "{uri}", "/login?a={uri", " /login",
        "/" + String(repeating: "a", count: 2048),
    ])
    func isRefused(url: String) throws {
        let answer = try #require(Requests.answer(["CLOAKROOM_LOGIN_URL": url, "HTTP_COOKIE": ""]))
        #expect(answer.status == 500)
        #expect(answer.text.contains("CLOAKROOM_LOGIN_URL"))
    }

    @Test(arguments: [
        ("/a", "%2Fa"), ("/a?b=c&d=e#f", "%2Fa%3Fb%3Dc%26d%3De%23f"), ("/~a-b_c.d", "%2F~a-b_c.d"),
        ("/%5Cevil", "%2F%255Cevil"),
        ("/\u{e4}", "%2F%C3%A4"), ("//evil.example", "%2F"), ("/\\evil.example", "%2F"),
        ("http://evil.example/", "%2F"),
        ("javascript:alert(1)", "%2F"), ("", "%2F"), ("*", "%2F"), ("/\t/evil.example", "%2F"), ("/\r\nX: y", "%2F"),
        ("/a b", "%2F"), ("/" + String(repeating: "a", count: 1024), "%2F"),
    ])
    func whatTheBrowserAskedForIsEncoded(uri: String, encoded: String) {
        #expect(login("/login?to={uri}", uri: uri) == "/login?to=\(encoded)")
    }

    @Test func withoutAnAddressItIsTheFirstPage() {
        #expect(login("/login?to={uri}&x=1", uri: nil) == "/login?to=%2F&x=1")
    }
}

extension String {
    fileprivate func replacingFirst(_ part: String, with other: String) -> String {
        guard let range = firstRange(of: part) else { return self }
        return replacingCharacters(in: range, with: other)
    }

    private func replacingCharacters(in range: Range<Index>, with other: String) -> String {
        self[..<range.lowerBound] + other + self[range.upperBound...]
    }
}
