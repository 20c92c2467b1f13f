// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProcessKit
import CloakroomProtocol
import Foundation
import NIOCore
import Testing

/// The gate while the daemon is not there, does not answer, answers too late, or restarts.
@Suite(.timeLimit(.minutes(5))) struct GateDaemonAwayTests {
    @Test func absentDaemonIsSaidAtOnceAndItsReturnIsSeen() throws {
        let fixture = try GateFixture()
        let gate = try fixture.gate()
        #expect(try gate.ask(GateFixture.check()).code == "204")
        fixture.daemon.stop()
        for _ in 0..<20 {
            let answer = try gate.ask(GateFixture.check())
            #expect(answer.code == "503" && answer.header("Retry-After") == "1")
            #expect(answer.header("Cloakroom-Reason") == "daemon-away")
        }
        let allowed = try gate.ask(GateFixture.check(GateFixture.living, [("CLOAKROOM_ON_ERROR", "allow")]))
        #expect(allowed.code == "204" && allowed.header("Cloakroom-Reason") == "unchecked")
        #expect(try gate.ask(GateFixture.ping).code == "200")
        #expect(try gate.ask(FastCGIMessage([("SCRIPT_NAME", "/status")])).code == "503")
        try fixture.daemon.start()
        #expect(try gate.ask(GateFixture.check()).code == "204")
        // Once for all.
        #expect(gate.log.components(separatedBy: "cannot be reached").count == 2)
        #expect(gate.log.components(separatedBy: "answers again").count == 2)
        #expect(!gate.log.contains(GateFixture.living))
    }

    @Test func silentDaemonIsAskedByOneRequestAtATime() throws {
        let asked = Locked(0)
        let silent = try ScriptedDaemon { _ in
            asked.withLock { $0 += 1 }
            return nil
        }
        let gate = try GateProcess(daemon: silent.path, ["--timeout", "0.5", "--threads", "2"])
        let load = GateLoad(threads: 8) { _ in { try gate.ask(GateFixture.check()).code } }
        load.await { ($0["503"] ?? 0) > 500 }
        let counts = load.stop()
        #expect(Set(counts.keys) == ["503"])
        let answered = try #require(counts["503"])
        // At first all are asked about; from then on seven of eight do not wait.
        #expect(answered > 500 && asked.withLock { $0 } < answered / 4)
    }

    @Test func lateAnswerIsForNobody() throws {
        // Admits the second session, but late; everything else is unknown at once.
        let late = try ScriptedDaemon { number in
            guard number == 1 else { return .init(answer: .notAlive(.unknown), delay: 0) }
            return .init(
                answer: .alive(.init(tag: SessionTag(bits: 1), age: 1, idle: 1, remaining: 1)),
                delay: 2_500_000
            )
        }
        let gate = try GateProcess(daemon: late.path, ["--timeout", "1.5", "--threads", "1"])
        #expect(try gate.ask(GateFixture.check(GateFixture.unknown)).code == "401")
        #expect(try gate.ask(GateFixture.check()).code == "503")
        for _ in 0..<20 { #expect(try gate.ask(GateFixture.check(GateFixture.unknown)).code == "401") }
    }

    @Test func answerOfAnotherKindIsNoAdmission() throws {
        for wrong in [GateResponse.status([]), .hello(.current, daemon: "x")] {
            let daemon = try ScriptedDaemon { _ in .init(answer: wrong, delay: 0) }
            let gate = try GateProcess(daemon: daemon.path)
            #expect(try gate.ask(GateFixture.check()).code == "503")
        }
    }

    @Test func restartsUnderLoadGiveNoWrongAnswer() throws {
        let fixture = try GateFixture()
        let gate = try fixture.gate()
        let load = GateLoad(threads: 4) { worker in
            let peer = try gate.peer()
            let isKnown = worker % 2 == 0
            let id = isKnown ? GateFixture.living : GateFixture.unknown
            return {
                let code = try peer.ask(GateFixture.check(id, keepsConnection: true)).code
                // 403: the daemon has had enough of unknown ids.
                let isRight = code == "503" || (isKnown ? code == "204" : code == "401" || code == "403")
                return isRight ? code : "wrong: \(code)"
            }
        }
        for round in 0..<4 {
            load.await { ($0["204"] ?? 0) > 50 * (round + 1) }
            fixture.daemon.stop(round % 2 == 0 ? SIGKILL : SIGTERM)
            load.await { ($0["503"] ?? 0) > 5 * (round + 1) }
            try fixture.daemon.start()
        }
        load.await { ($0["204"] ?? 0) > 250 }
        let counts = load.stop()
        #expect(Set(counts.keys).isSubset(of: ["204", "401", "403", "503"]))
        #expect((counts["204"] ?? 0) > 250)
        #expect(gate.isRunning)
    }

    @Test func stopsInOrderUnderLoad() throws {
        let fixture = try GateFixture()
        let gate = try fixture.gate()
        let idle = try gate.peer()
        #expect(try idle.ask(GateFixture.check(keepsConnection: true)).code == "204")
        let load = GateLoad(threads: 4) { _ in
            {
                // Whoever could connect is answered; then there is nobody to connect to.
                guard let peer = try? gate.peer() else { return nil }
                return try peer.ask(GateFixture.check()).code
            }
        }
        load.await { ($0["204"] ?? 0) > 100 }
        gate.signal(SIGTERM)
        #expect(gate.wait() == 0)
        #expect(Array(load.stop().keys) == ["204"])
        try idle.waitForEnd()
        #expect(!FileManager.default.fileExists(atPath: gate.socket))
    }
}
