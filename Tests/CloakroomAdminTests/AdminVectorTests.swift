// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import Foundation
import Testing

/// The vectors of docs/admin-protocol.md, which another implementation wrote.
@Suite struct AdminVectorTests {
    private struct Vectors: Decodable {
        let requests: [String: String]
        let replies: [String: String]
        let refused: [String: [String]]

        private enum CodingKeys: String, CodingKey {
            case requests
            case replies
            case refused = "refused requests"
        }
    }

    private let vectors: Vectors

    init() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Vectors/admin-protocol.json")
        vectors = try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: file))
    }

    @Test func requestsAreReadAndWrittenAsTheVectorsSay() throws {
        #expect(vectors.requests.count == 30)
        for (name, hex) in vectors.requests {
            let frame = try #require(bytes(hex), "\(name)")
            let request = try AdminJSON.decode(AdminRequest.self, from: frame.dropFirst(AdminFrame.lengthField))
            #expect(try AdminFrame.bytes(of: request) == frame, "\(name)")
        }
    }

    @Test func repliesAreReadAndWrittenAsTheVectorsSay() throws {
        #expect(vectors.replies.count == 30)
        for (name, hex) in vectors.replies {
            let frame = try #require(bytes(hex), "\(name)")
            let reply = try AdminJSON.decode(AdminReply.self, from: frame.dropFirst(AdminFrame.lengthField))
            #expect(try AdminFrame.bytes(of: reply) == frame, "\(name)")
        }
    }

    @Test func whatIsNoRequestIsRefusedWithItsCode() throws {
        #expect(vectors.refused.count == 25)
        for (name, vector) in vectors.refused {
            let frame = try #require(bytes(vector[1]), "\(name)")
            let error = #expect(throws: AdminError.self, "\(name)") {
                try AdminJSON.decode(AdminRequest.self, from: frame.dropFirst(AdminFrame.lengthField))
            }
            #expect(error?.code.name == vector[0], "\(name): \(error?.message ?? "")")
        }
    }

    @Test func lengthsOfFramesHaveLimits() {
        #expect(AdminFrame.cut(length: nil, available: 0) == .incomplete)
        #expect(AdminFrame.cut(length: 0, available: 9) == .impossible(length: 0))
        #expect(AdminFrame.cut(length: 5, available: 4) == .incomplete)
        #expect(AdminFrame.cut(length: 5, available: 5) == .message(length: 5))
        let most = UInt32(AdminFrame.maximumLength)
        #expect(AdminFrame.cut(length: most, available: 0) == .incomplete)
        #expect(AdminFrame.cut(length: most + 1, available: 0) == .impossible(length: Int(most) + 1))
    }

    private func bytes(_ hex: String) -> [UInt8]? {
        let digits = Array(hex.utf8)
        return stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(decoding: digits[$0..<min($0 + 2, digits.count)], as: UTF8.self), radix: 16)
        }
    }
}
