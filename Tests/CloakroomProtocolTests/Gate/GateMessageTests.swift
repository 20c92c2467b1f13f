// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProtocol
import NIOCore
import Testing

@Suite struct GateMessageTests {
    private let vectors: ProtocolVectors

    init() throws { vectors = try ProtocolVectors.load("gate-protocol.json") }

    @Test func requestsAgreeWithTheVectors() throws {
        let samples = try GateSamples.requests()
        #expect(Set(vectors.requests.keys) == Set(samples.keys))
        for (name, request) in samples {
            var encoded = ByteBuffer()
            request.encode(into: &encoded)
            let vector = ByteBuffer(hex: try #require(vectors.requests[name]))
            #expect(encoded == vector, "\(name)")
            #expect(try GateRequest(frame: Samples.body(vector)) == request, "\(name)")
        }
    }

    @Test func answersAgreeWithTheVectors() throws {
        let samples = try GateSamples.answers()
        #expect(Set(vectors.answers.keys) == Set(samples.keys))
        for (name, response) in samples {
            var encoded = ByteBuffer()
            response.encode(into: &encoded)
            let vector = ByteBuffer(hex: try #require(vectors.answers[name]))
            #expect(encoded == vector, "\(name)")
            #expect(try GateResponse(frame: Samples.body(vector)) == response, "\(name)")
        }
    }

    @Test func badFramesAreRefusedWithTheCodeOfTheVectors() throws {
        let decoder = FrameDecoder(maximumFrame: GateRequest.maximumFrame)
        for (name, refused) in vectors.refusedRequests {
            var stream = ByteBuffer(hex: refused.frame)
            do {
                let frame = try #require(try decoder.decode(buffer: &stream), "\(name)")
                Issue.record("\(name) was accepted as \(try GateRequest(frame: frame))")
            } catch let error as ProtocolError {
                #expect(error.code.rawValue == refused.code, "\(name): \(error)")
                #expect(!error.message.contains("passwd"), "an error repeats what was sent")
            }
        }
    }

    @Test func badAnswersAreRefused() throws {
        for (name, frame) in vectors.refusedAnswers {
            let body = Samples.body(ByteBuffer(hex: frame))
            #expect(throws: ProtocolError.self, "\(name)") { try GateResponse(frame: body) }
        }
    }

    @Test func longestCheckFitsAFrame() throws {
        let longest = [UInt8](repeating: 0xff, count: Int(UInt16.max))
        let request = GateRequest.check(
            .init(
                pool: PoolName(String(repeating: "p", count: PoolName.maximumLength)),
                session: try Samples.session(
                    String(repeating: "n", count: 255),
                    String(repeating: "i", count: SessionID.maximumLength)
                ),
                claims: ClientClaims(
                    address: longest,
                    agent: longest,
                    forwardedFor: longest,
                    realIP: longest,
                    forwarded: longest
                )
            )
        )
        var stream = ByteBuffer()
        request.encode(into: &stream)
        let decoder = FrameDecoder(maximumFrame: GateRequest.maximumFrame)
        let frame = try #require(try decoder.decode(buffer: &stream))
        #expect(try GateRequest(frame: frame) == request)
    }

    @Test func everyTruncationIsRefused() throws {
        for (name, request) in try GateSamples.requests() {
            var encoded = ByteBuffer()
            request.encode(into: &encoded)
            let whole = Samples.body(encoded)
            for length in 0..<whole.readableBytes {
                let part = try #require(whole.getSlice(at: whole.readerIndex, length: length))
                #expect(throws: ProtocolError.self, "\(name) cut to \(length) bytes") { try GateRequest(frame: part) }
            }
        }
    }

    @Test func idsDoNotPrint() throws {
        let request = try #require(try GateSamples.requests()["check"])
        var dumped = ""
        dump(request, to: &dumped)
        for text in ["\(request)", String(reflecting: request), "\([request])", dumped] {
            #expect(!text.contains("0123456789abcdef"))
        }
    }
}
