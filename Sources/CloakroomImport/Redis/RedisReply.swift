// SPDX-License-Identifier: Apache-2.0

import CHiredis

/// What Redis answers.
enum RedisReply: Equatable {
    case string([UInt8])
    case array([RedisReply])
    case integer(Int)
    case status(String)
    case error(String)
    case none

    /// Copies a reply of hiredis.
    init(_ reply: redisReply) {
        switch reply.type {
        case REDIS_REPLY_STRING: self = .string(Self.bytes(reply))
        case REDIS_REPLY_STATUS: self = .status(String(decoding: Self.bytes(reply), as: UTF8.self))
        case REDIS_REPLY_ERROR: self = .error(String(decoding: Self.bytes(reply), as: UTF8.self))
        case REDIS_REPLY_INTEGER: self = .integer(Int(reply.integer))
        case REDIS_REPLY_ARRAY:
            self = .array(
                (0..<Int(reply.elements)).map { index in
                    reply.element[index].map { RedisReply($0.pointee) } ?? .none
                }
            )
        default: self = .none
        }
    }

    private static func bytes(_ reply: redisReply) -> [UInt8] {
        guard let text = reply.str else { return [] }
        return Array(UnsafeRawBufferPointer(start: text, count: Int(reply.len)))
    }

    var bytes: [UInt8]? { if case .string(let bytes) = self { bytes } else { nil } }
    var integer: Int? { if case .integer(let value) = self { value } else { nil } }
}
