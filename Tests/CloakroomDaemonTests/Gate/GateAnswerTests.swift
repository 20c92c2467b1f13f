// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import Foundation
import Testing

/// What the real gate answers with the real daemon behind it.
@Suite(.timeLimit(.minutes(5))) struct GateAnswerTests {
    private let fixture: GateFixture
    private let gate: GateProcess

    init() throws {
        fixture = try GateFixture()
        gate = try fixture.gate()
    }

    @Test func responderAdmitsALivingSessionAndNoOther() throws {
        let admitted = try gate.ask(GateFixture.check())
        #expect(admitted.code == "204")
        #expect(admitted.header("Cloakroom-Reason") == "admitted")
        #expect(admitted.header("Cloakroom-User") == "alice")
        let unknown = try gate.ask(GateFixture.check(GateFixture.unknown))
        #expect(unknown.code == "401" && unknown.header("Cloakroom-Reason") == "unknown")
        let none = try gate.ask(GateFixture.check(nil))
        #expect(none.code == "401" && none.header("Cloakroom-Reason") == "no-session")
        let misconfigured = try gate.ask(GateFixture.check(GateFixture.living, [("CLOAKROOM_REQUIRE", "?")]))
        #expect(misconfigured.code == "500" && gate.log.contains("CLOAKROOM_REQUIRE"))
    }

    @Test func authorizerGivesVariables() throws {
        let answer = try gate.ask(GateFixture.check(role: 2))
        #expect(answer.code == "200" && answer.header("Variable-CLOAKROOM_USER") == "alice")
        #expect(try gate.ask(GateFixture.check(GateFixture.unknown, role: 2)).code == "401")
    }

    @Test func connectionIsKeptForAThousandRequests() throws {
        let peer = try gate.peer()
        for number in 1...1_000 as ClosedRange<UInt16> {
            let isKnown = number % 3 != 0
            let id = isKnown ? GateFixture.living : GateFixture.unknown
            let role: UInt16 = number % 2 == 0 ? 1 : 2
            let answer = try peer.ask(GateFixture.check(id, role: role, keepsConnection: true, number: number))
            #expect(answer.code == (isKnown ? role == 1 ? "204" : "200" : "401"))
            // What some web servers send behind an authorizer's request, after its answer.
            if number % 8 == 2 { try peer.send(FastCGIMessage.record(5, [], number)) }
        }
    }

    @Test func pingAndStatus() throws {
        #expect(try gate.ask(GateFixture.ping).output.hasSuffix("\r\n\r\npong"))
        let answer = try gate.ask(FastCGIMessage([("SCRIPT_NAME", "/status"), ("QUERY_STRING", "json")]))
        let body = try #require(answer.output.components(separatedBy: "\r\n\r\n").last)
        let status = try #require(try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])
        #expect((status["gate"] as? [String: Any])?["pid"] as? Int32 == gate.pid)
        #expect(status["pools"] != nil)
        let head = FastCGIMessage([("SCRIPT_NAME", "/status"), ("REQUEST_METHOD", "HEAD")])
        #expect(try gate.ask(head).output.hasSuffix("\r\n\r\n"))
    }

    @Test func statusIsNotShownThroughTCP() throws {
        let port = try GateFixture.freePort()
        let gate = try fixture.gate(["--listen", "127.0.0.1:\(port)"])
        #expect(try FastCGIPeer(port: port).ask(GateFixture.ping).output.hasSuffix("pong"))
        #expect(try FastCGIPeer(port: port).ask(GateFixture.check()).code == "204")
        for parameter in [("SCRIPT_NAME", "/status"), ("CLOAKROOM_ACTION", "status")] {
            #expect(try FastCGIPeer(port: port).ask(FastCGIMessage([parameter])).code == "403")
        }
        #expect(try gate.ask(FastCGIMessage([("SCRIPT_NAME", "/status")])).code == "200")
    }

    @Test(arguments: ["0.0.0.0:9000", "192.0.2.1:9000", "[::]:9000", "localhost:9000", "9000"])
    func addressThatOthersReachIsRefused(_ address: String) throws {
        let result = try DaemonProcess.run(GateProcess.binary, ["--listen", address])
        #expect(result.status == 64 && result.output.contains("--listen"))
    }

    @Test func hasNeitherTheKeysNorTheStoresLibraries() throws {
        let result = try DaemonProcess.run("/usr/bin/ldd", [GateProcess.binary])
        #expect(result.status == 0 && result.output.contains("libfcgi"))
        for library in ["libcrypto", "librocksdb", "libhiredis"] { #expect(!result.output.contains(library)) }
    }
}
