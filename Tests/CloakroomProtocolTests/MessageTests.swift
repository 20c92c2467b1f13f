// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProtocol
import NIOCore
import Testing

@Suite struct MessageTests {
    @Test func requestsAgreeWithTheVectors() throws {
        let vectors = try ProtocolVectors.load().requests
        let samples = try Samples.requests()
        #expect(Set(vectors.keys) == Set(samples.keys))
        for (name, request) in samples {
            var encoded = ByteBuffer()
            request.encode(into: &encoded)
            let vector = ByteBuffer(hex: try #require(vectors[name]))
            #expect(encoded == vector, "\(name)")
            #expect(try Request(frame: Samples.body(vector)) == request, "\(name)")
        }
    }

    @Test func answersAgreeWithTheVectors() throws {
        let vectors = try ProtocolVectors.load().answers
        let samples = try Samples.answers()
        #expect(Set(vectors.keys) == Set(samples.keys))
        for (name, response) in samples {
            var encoded = ByteBuffer()
            response.encode(into: &encoded)
            let vector = ByteBuffer(hex: try #require(vectors[name]))
            #expect(encoded == vector, "\(name)")
            #expect(try Response(frame: Samples.body(vector)) == response, "\(name)")
        }
    }

    @Test func badFramesAreRefusedWithTheCodeOfTheVectors() throws {
        for (name, refused) in try ProtocolVectors.load().refusedRequests {
            var stream = ByteBuffer(hex: refused.frame)
            let decoder = FrameDecoder(limits: FrameLimits(maximumData: 1024))
            do {
                let frame = try #require(try decoder.decode(buffer: &stream), "\(name)")
                let request = try Request(frame: frame)
                Issue.record("\(name) was accepted as \(request)")
            } catch let error as ProtocolError {
                #expect(error.code.rawValue == refused.code, "\(name): \(error)")
                #expect(!error.message.contains("passwd"), "an error repeats what the client sent")
            }
        }
    }

    @Test func badAnswersAreRefused() throws {
        for (name, frame) in try ProtocolVectors.load().refusedAnswers {
            let body = Samples.body(ByteBuffer(hex: frame))
            let error = #expect(throws: ProtocolError.self, "\(name)") { try Response(frame: body) }
            #expect(error?.code == .malformed, "\(name)")
        }
    }

    @Test func encodedSizesAreWhatTheFramesHaveAtMost() throws {
        for (name, response) in try Samples.answers() {
            var encoded = ByteBuffer()
            response.encode(into: &encoded)
            #expect(encoded.readableBytes <= response.encodedSize, "\(name)")
        }
    }

    @Test func everyTruncationOfARequestIsRefusedOrAnotherRequest() throws {
        for (name, request) in try Samples.requests() {
            var encoded = ByteBuffer()
            request.encode(into: &encoded)
            let whole = Samples.body(encoded)
            for length in 0..<whole.readableBytes {
                let part = try #require(whole.getSlice(at: whole.readerIndex, length: length))
                // Only data may end anywhere: a shorter WRITE is another WRITE.
                if let other = try? Request(frame: part) {
                    switch other {
                    case .write, .adopt: #expect(other != request)
                    default: Issue.record("\(name) cut to \(length) bytes was accepted")
                    }
                }
            }
        }
    }

    @Test func idsAndContentsDoNotPrint() throws {
        for name in ["write and release", "adopt"] {
            let request = try #require(try Samples.requests()[name])
            var dumped = ""
            dump(request, to: &dumped)
            for text in ["\(request)", String(reflecting: request), "\([request])", dumped] {
                #expect(!text.contains("0123456789abcdef"))
                #expect(!text.contains("alice"))
                #expect(!text.contains("97, 108, 105"))
            }
        }
    }
}
