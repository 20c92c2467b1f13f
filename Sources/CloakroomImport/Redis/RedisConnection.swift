// SPDX-License-Identifier: Apache-2.0

import CHiredis
import Glibc

/// A connection to Redis that blocks; for one thread.
final class RedisConnection {
    private static let patience = timeval(tv_sec: 60, tv_usec: 0)

    private let address: RedisAddress
    private let context: UnsafeMutablePointer<redisContext>

    /// Connects, authenticates, and selects the database.
    init(_ address: RedisAddress) throws(ImportError) {
        self.address = address
        let patience = timeval(tv_sec: 10, tv_usec: 0)
        let context =
            switch address.endpoint {
            case .tcp(let host, let port): redisConnectWithTimeout(host, port, patience)
            case .unix(let path): redisConnectUnixWithTimeout(path, patience)
            }
        guard let context else { throw ImportError("there is no memory for a connection to Redis") }
        self.context = context
        guard context.pointee.err == 0 else { throw lost() }
        redisSetTimeout(context, Self.patience)
        try greet()
    }

    deinit { redisFree(context) }

    private func greet() throws(ImportError) {
        if let password = address.password {
            try expect(["AUTH"] + (address.user.map { [$0] } ?? []) + [password], "log in")
        }
        try expect(["SELECT", String(address.database)], "select database \(address.database)")
    }

    private func expect(_ command: [String], _ action: String) throws(ImportError) {
        guard case .error(let text) = try ask(command.map { Array($0.utf8) }) else { return }
        throw ImportError(
            "Redis on \(address.name) does not let this program \(action): \(text). The password can be in the URL or in "
                + "REDISCLI_AUTH"
        )
    }

    /// Sends a command, and waits for the reply.
    func ask(_ command: [[UInt8]]) throws(ImportError) -> RedisReply {
        try send(command)
        return try reply()
    }

    /// Sends commands together, and waits for their replies.
    func ask(all commands: [[[UInt8]]]) throws(ImportError) -> [RedisReply] {
        for command in commands { try send(command) }
        var replies: [RedisReply] = []
        for _ in commands { replies.append(try reply()) }
        return replies
    }

    private func send(_ command: [[UInt8]]) throws(ImportError) {
        let all = command.flatMap { $0 }
        let lengths = command.map(\.count)
        // Pointers into one array, so that they are valid together.
        let code = all.withUnsafeBytes { bytes in
            var start = 0
            let pointers = lengths.map { length -> UnsafePointer<CChar>? in
                defer { start += length }
                return bytes.baseAddress?.advanced(by: start).assumingMemoryBound(to: CChar.self)
            }
            var mutable = pointers
            return redisAppendCommandArgv(context, Int32(lengths.count), &mutable, lengths)
        }
        guard code == REDIS_OK else { throw lost() }
    }

    private func reply() throws(ImportError) -> RedisReply {
        var pointer: UnsafeMutableRawPointer?
        guard redisGetReply(context, &pointer) == REDIS_OK, let pointer else { throw lost() }
        defer { freeReplyObject(pointer) }
        return RedisReply(pointer.assumingMemoryBound(to: redisReply.self).pointee)
    }

    private func lost() -> ImportError {
        let text = withUnsafeBytes(of: context.pointee.errstr) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return ImportError("Redis on \(address.name) cannot be asked: \(text)")
    }
}
