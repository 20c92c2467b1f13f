// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore

/// The vectors that `protocol.py` computed, or `gate_protocol.py`.
struct ProtocolVectors: Decodable {
    let requests: [String: String]
    let answers: [String: String]
    let refusedRequests: [String: Refused]
    /// Frames that are no answers.
    let refusedAnswers: [String: String]

    /// A frame, and the code of the ERROR that answers it.
    struct Refused: Decodable {
        let code: UInt16
        let frame: String

        init(from decoder: any Decoder) throws {
            var fields = try decoder.unkeyedContainer()
            code = try fields.decode(UInt16.self)
            frame = try fields.decode(String.self)
        }
    }

    enum CodingKeys: String, CodingKey {
        case requests
        case answers
        case refusedRequests = "refused requests"
        case refusedAnswers = "refused answers"
    }

    static func load(_ name: String = "protocol.json") throws -> ProtocolVectors {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Vectors/\(name)")
        return try JSONDecoder().decode(ProtocolVectors.self, from: Data(contentsOf: file))
    }
}

extension ByteBuffer {
    /// The bytes that hexadecimal digits stand for.
    init(hex: String) {
        let digits = hex.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        self.init(bytes: stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) })
    }
}
