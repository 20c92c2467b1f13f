// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import Foundation
import Testing

/// What web servers and others send that is no request, or not at the right speed.
@Suite(.timeLimit(.minutes(5))) struct GatePeerTests {
    /// POLLRDHUP of poll(2), which Swift does not have.
    private static let hangUp: Int16 = 0x2000

    private let fixture: GateFixture

    init() throws { fixture = try GateFixture() }

    @Test func silentAndSlowPeersKeepNobodyWaiting() throws {
        let gate = try fixture.gate(["--threads", "2", "--request-timeout", "1"])
        let bytes = GateFixture.check().bytes
        let peers = try (0..<24).map { index in
            let peer = try gate.peer()
            try peer.send(Array(bytes.prefix([0, 1, 12, 60, bytes.count - 1][index % 5])))
            return peer
        }
        for _ in 0..<50 { #expect(try gate.ask(GateFixture.check()).code == "204") }
        for peer in peers { try peer.waitForEnd() }
        #expect(try gate.ask(GateFixture.ping).code == "200")
    }

    @Test func requestThatComesByteByByteIsAnswered() throws {
        let gate = try fixture.gate()
        let peer = try gate.peer()
        for _ in 0..<2 {
            for byte in GateFixture.check(keepsConnection: true).bytes { try peer.send([byte]) }
            #expect(try peer.answer()?.code == "204")
        }
    }

    @Test func peerThatTakesNoAnswersIsClosed() throws {
        let gate = try fixture.gate(["--threads", "1", "--request-timeout", "1"])
        let peer = try gate.peer()
        let request = FastCGIMessage(
            [("SCRIPT_NAME", "/status"), ("QUERY_STRING", "html")],
            keepsConnection: true
        ).bytes
        // Answers pile up until the gate cannot send. A request that comes before the last is answered ends the connection, too,
        // so wait for each; 30 s without any is the failure.
        var waiting: Int32 = 0
        var before: Int32 = 0
        filling: while try peer.send(request) {
            let end = Date(timeIntervalSinceNow: 30)
            repeat {
                guard Date.now < end else {
                    Issue.record("neither answered nor closed")
                    return
                }
                var state = pollfd(fd: peer.descriptor, events: Self.hangUp, revents: 0)
                if poll(&state, 1, 5) == 1 { break filling }
                _ = ioctl(peer.descriptor, UInt(FIONREAD), &waiting)
            } while waiting == before
            before = waiting
        }
        #expect(before > 0)
        #expect(try gate.ask(GateFixture.ping).code == "200")
    }

    @Test func wrongRecordsEndTheConnectionAndNothingElse() throws {
        let gate = try fixture.gate()
        let begin = FastCGIMessage.record(1, [0, 1, 0, 0, 0, 0, 0, 0])
        let abort = FastCGIMessage.record(2, [])
        let huge = FastCGIMessage([("HTTP_COOKIE", String(repeating: "a", count: 2 << 20))]).bytes
        let wrong: [[UInt8]] = [
            Array("GET / HTTP/1.1\r\n\r\n".utf8), begin + begin, begin + abort, begin + FastCGIMessage.record(99, [1]),
            begin + FastCGIMessage.record(4, [0xff, 0xff, 0xff, 0xff]), huge, GateFixture.check().bytes + [1],
            begin + FastCGIMessage.record(4, FastCGIMessage.pair("A=B", "c")),
        ]
        for bytes in wrong {
            let peer = try gate.peer()
            try peer.send(bytes)
            #expect(try peer.answer() == nil)
        }
        // What ends before it is whole.
        let whole = GateFixture.check().bytes
        for count in [1, 8, 20, whole.count / 2, whole.count - 1] {
            let peer = try gate.peer()
            try peer.send(Array(whole[..<count]))
            peer.finish()
            #expect(try peer.answer() == nil)
        }
        #expect(try gate.ask(GateFixture.check()).code == "204")
        #expect(gate.isRunning)
    }

    @Test func valuesAreToldBeforeRequestsAndBetweenThem() throws {
        let gate = try fixture.gate()
        let peer = try gate.peer()
        // libfcgi would write the answer behind the end of its buffer.
        let names = (0..<100).flatMap { _ in FastCGIMessage.pair("FCGI_MAX_CONNS", "") }
        for _ in 0..<3 {
            try peer.send(FastCGIMessage.record(9, names, 0) + FastCGIMessage.record(77, [], 0))
            let values = try #require(try peer.record())
            #expect(values.kind == 10 && values.content == FastCGIMessage.pair("FCGI_MAX_CONNS", "512"))
            #expect(try peer.record()?.content.first == 77)
            #expect(try peer.ask(GateFixture.check(keepsConnection: true)).code == "204")
        }
        let filter = FastCGIMessage([], role: 3).bytes
        try peer.send(filter)
        #expect(try peer.answer()?.status == 3)
    }

    @Test func flowOfRecordsThatAreNoRequestIsEnded() throws {
        let gate = try fixture.gate(["--threads", "1"])
        let peer = try gate.peer()
        try peer.send((0..<1_000).flatMap { _ in FastCGIMessage.record(5, []) })
        #expect(try peer.answer() == nil)
        #expect(try gate.ask(GateFixture.check()).code == "204")
    }

    @Test func thousandsOfParametersAndABodyAreTaken() throws {
        let gate = try fixture.gate()
        var message = GateFixture.check(
            GateFixture.living,
            (0..<5_000).map { ("X\($0)", "value") },
            keepsConnection: true
        )
        message.cut = 1_000
        message.body = [UInt8](repeating: 1, count: 30_000)
        let peer = try gate.peer()
        for _ in 0..<5 { #expect(try peer.ask(message).code == "204") }
    }

    @Test func moreConnectionsThanPlacesAreServedInTurn() throws {
        let gate = try fixture.gate(["--request-timeout", "2"])
        // Kept ones give way to new ones.
        let kept = try (0..<512).map { _ in
            let peer = try gate.peer()
            #expect(try peer.ask(GateFixture.check(keepsConnection: true)).code == "204")
            return peer
        }
        for _ in 0..<20 { #expect(try gate.ask(GateFixture.check()).code == "204") }
        for peer in kept { peer.finish() }
        // Silent ones keep theirs until their time is over.
        let silent = try (0..<600).map { _ in try gate.peer() }
        #expect(try gate.ask(GateFixture.check()).code == "204")
        for peer in silent { try peer.waitForEnd() }
    }
}
