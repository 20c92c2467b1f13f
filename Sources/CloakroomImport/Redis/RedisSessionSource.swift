// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomCore
import Glibc

/// The sessions that phpredis keeps in one Redis. A cluster is not followed.
public final class RedisSessionSource: ImportSource {
    /// What is taken.
    public struct Options: Sendable {
        /// What is in front of the ids.
        public var prefix = PhpredisKeys.standardPrefix
        /// Seconds that sessions live after their last use: PHP's `session.gc_maxlifetime`.
        public var lifetime: UInt32
        /// The most bytes of a session.
        public var maximumData: Int

        /// Joins them.
        public init(lifetime: UInt32, maximumData: Int) {
            self.lifetime = lifetime
            self.maximumData = maximumData
        }
    }

    /// What phpredis puts in front of ids when nothing else is configured.
    public static var standardPrefix: String { PhpredisKeys.standardPrefix }

    /// A key whose value is to be read.
    private struct Candidate {
        let key: [UInt8]
        let id: String
        let size: Int
        /// `nil`: it does not expire.
        let milliseconds: Int?
    }

    /// Keys that are asked for in one go.
    private static let page = 256
    /// Bytes of values that are asked for in one go, unless one alone has more.
    private static let mostBytes = 1 << 20

    /// How many keys there were when it began.
    public private(set) var total: Int?

    private let connection: RedisConnection
    private let keys: PhpredisKeys
    private let options: Options
    private var cursor: [UInt8]? = Array("0".utf8)
    private var candidates: [Candidate] = []
    private var finds: [ImportFind] = []

    /// Connects, and counts the keys.
    ///
    /// - Throws: ``ImportError`` when Redis cannot be asked.
    public init(_ address: RedisAddress, _ options: Options) throws(ImportError) {
        connection = try RedisConnection(address)
        self.options = options
        keys = PhpredisKeys(prefix: options.prefix)
        var count = 0
        var next: [UInt8]? = cursor
        while let cursor = next {
            let page = try scan(cursor)
            count += page.keys.count { !keys.isLock($0) }
            next = page.next
        }
        total = count
    }

    /// The next key.
    public func next() throws(ImportError) -> ImportFind? {
        while true {
            if let find = finds.popLast() { return find }
            if !candidates.isEmpty {
                try readValues()
            } else if let cursor {
                let page = try scan(cursor)
                self.cursor = page.next
                try examine(page.keys)
            } else {
                return nil
            }
        }
    }

    private func scan(_ cursor: [UInt8]) throws(ImportError) -> (next: [UInt8]?, keys: [[UInt8]]) {
        let command = [Array("SCAN".utf8), cursor, Array("MATCH".utf8), keys.pattern]
        let reply = try connection.ask(command + [Array("COUNT".utf8), Array(String(Self.page).utf8)])
        guard case .array(let parts) = reply, parts.count == 2, let next = parts[0].bytes,
            case .array(let found) = parts[1]
        else { throw Self.unexpected("SCAN", reply) }
        return (next == Array("0".utf8) ? nil : next, found.compactMap(\.bytes))
    }

    /// Looks at keys without their values, which may be huge.
    private func examine(_ found: [[UInt8]]) throws(ImportError) {
        let found = found.filter { !keys.isLock($0) }
        let replies = try connection.ask(
            all: found.flatMap { key in
                [
                    [Array("TYPE".utf8), key], [Array("STRLEN".utf8), key], [Array("PTTL".utf8), key],
                    [Array("EXISTS".utf8), PhpredisKeys.lock(of: key)],
                ]
            }
        )
        for (index, key) in found.enumerated() {
            let answers = Array(replies[(4 * index)..<(4 * index + 4)])
            switch candidate(key, answers) {
            case .candidate(let candidate): candidates.append(candidate)
            case .find(let find): finds.append(find)
            }
        }
    }

    private enum Examined {
        case candidate(Candidate)
        case find(ImportFind)
    }

    private func candidate(_ key: [UInt8], _ answers: [RedisReply]) -> Examined {
        func left(_ code: ImportReason.Code, _ text: String) -> Examined {
            .find(.left(keys.place(of: key), ImportReason(code, text)))
        }
        switch answers[0] {
        case .status("string"): break
        case .status("none"): return .find(.nothing)
        case .status(let type): return left(.otherKind, "it is a \(type), and phpredis makes strings")
        default: return left(.unreadable, "Redis does not say of which type it is")
        }
        guard let id = keys.id(in: key) else { return left(.notSession, "what follows the prefix is no session id") }
        guard answers[3].integer == 0 else {
            return .find(.left(keys.place(of: key), PhpredisKeys.inUse))
        }
        let most = min(options.maximumData, ImportBatch.mostData)
        guard let size = answers[1].integer, let milliseconds = answers[2].integer else {
            return left(.unreadable, "Redis does not say how large it is or how long it lives")
        }
        guard size <= most else {
            return left(.tooLarge, "it has \(size) bytes, and \(most) are taken (limits.session_size)")
        }
        return .candidate(
            Candidate(key: key, id: id, size: size, milliseconds: milliseconds < 0 ? nil : milliseconds)
        )
    }

    private func readValues() throws(ImportError) {
        var group = [candidates.removeLast()]
        var bytes = group[0].size
        while let next = candidates.last, bytes + next.size <= Self.mostBytes {
            group.append(candidates.removeLast())
            bytes += next.size
        }
        let now = UInt64(max(time(nil), 0))
        let replies = try connection.ask(all: group.map { [Array("GET".utf8), $0.key] })
        for (candidate, reply) in zip(group, replies) {
            // It may have expired just now.
            guard let data = reply.bytes, data.count <= ImportBatch.mostData else { continue }
            let original = RedisSession(
                session(candidate, data, now: now),
                key: candidate.key,
                place: keys.place(of: candidate.key),
                connection
            )
            finds.append(data.isEmpty ? .empty(original) : .original(original))
        }
    }

    /// phpredis sets the time to live to `session.gc_maxlifetime` at each use, so what has gone by of that is how long the session was not
    /// used.
    private func session(_ candidate: Candidate, _ data: [UInt8], now: UInt64) -> ImportedSession {
        let left = candidate.milliseconds.map { UInt32(clamping: ($0 + 999) / 1000) }
        let lifetime = max(options.lifetime, left ?? 0)
        let idle = UInt64(lifetime - (left ?? lifetime))
        let lastSeen = now > idle ? now - idle : 0
        return ImportedSession(id: candidate.id, data: data, created: lastSeen, lastSeen: lastSeen, lifetime: lifetime)
    }

    private static func unexpected(_ command: String, _ reply: RedisReply) -> ImportError {
        guard case .error(let text) = reply else { return ImportError("Redis gave no answer to \(command)") }
        return ImportError("Redis refused \(command): \(text)")
    }
}
