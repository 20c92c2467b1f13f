// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProcessKit
import CloakroomProtocol
import NIOCore

/// Makes frames that no honest client sends: well-formed ones with fields that fit nothing, and broken ones.
struct FuzzFrames {
    /// What is done to a frame to break it.
    private enum Damage: CaseIterable {
        case flips, length, truncation, splice, noise, answer, surplus, unfinished, greeting, badID
    }

    private static let longest = 64
    private let sessions = (0..<1024).map { SessionReference.named("fuzzed\($0)") }
    private var generator: SeededGenerator

    init(generator: SeededGenerator) { self.generator = generator }

    /// Frames to be sent together; on a fresh connection, mostly with a HELLO at their start.
    mutating func batch(isFresh: Bool) -> FuzzBatch {
        var batch = FuzzBatch()
        if isFresh {
            guard number(in: 0..<50) > 0 else { return greetless() }
            append(.greeting, to: &batch)
        }
        for _ in 0..<number(in: 1..<Self.longest) { appendFrame(to: &batch) }
        if number(in: 0..<3) == 0 {
            batch.bytes += broken()
            batch.frames += 1
            batch.isBroken = true
        }
        return batch
    }

    /// The wrong order: no HELLO.
    private mutating func greetless() -> FuzzBatch {
        FuzzBatch(bytes: request().bytes, frames: 1, answers: 0, isBroken: true)
    }

    private mutating func number(in range: Range<Int>) -> Int { Int.random(in: range, using: &generator) }

    private mutating func append(_ request: Request, to batch: inout FuzzBatch) {
        batch.bytes += request.bytes
        batch.frames += 1
        switch request {
        case .touch, .release: break
        case .write(let write) where write.deferred: break
        default: batch.answers += 1
        }
    }

    /// A frame that has its answer, if only ERROR, and leaves the connection open.
    private mutating func appendFrame(to batch: inout FuzzBatch) {
        let request = request()
        append(request, to: &batch)
        guard number(in: 0..<16) == 0 else { return }
        switch request {
        // These end with the id.
        case .read, .destroy, .retire, .sessions: batch.bytes[batch.bytes.count - 1] = UInt8(ascii: ".")
        default: break
        }
    }

    private mutating func request() -> Request {
        switch number(in: 0..<200) {
        case 0..<60: .read(read())
        case 60..<110: .write(write())
        case 110..<135:
            .touch(.init(session: session(), version: version(), lifetime: lifetime(), release: flag()))
        case 135..<155: .release
        case 155..<170: .destroy(session())
        case 170..<175: .retire(session())
        case 175: .collect(lifetime: .random(in: 0...(.max), using: &generator))
        case 176..<186: .hello(hello())
        case 186..<188: .sessions(.init(user: user(), own: session()))
        case 188..<190: .end(end())
        case 190: user().map { .remember($0) } ?? .ping
        case 191: .redeem(token())
        case 192: .forget(token())
        case 193: .adopt(adopt())
        default: .ping
        }
    }

    /// Of a few families, none of which there is.
    private mutating func token() -> RememberToken {
        let bytes = [UInt8](repeating: UInt8(number(in: 0..<4)), count: RememberToken.length)
        guard let token = RememberToken(bytes) else { preconditionFailure("a token has one length") }
        return token
    }

    private mutating func hello() -> Request.Hello {
        .init(
            version: ProtocolVersion(rawValue: UInt16(number(in: 1..<65_536))),
            nonce: 7,
            pool: flag() ? nil : .standard,
            claims: claims()
        )
    }

    /// Mostly a browser, one of a few in a few networks, or something that is none.
    private mutating func claims() -> ClientClaims {
        guard number(in: 0..<4) > 0 else { return .none }
        let address = flag() ? "192.\(number(in: 0..<3)).2.1" : flag() ? "2001:db8:\(number(in: 0..<3))::1" : "nowhere"
        let agent = flag() ? "Browser/\(number(in: 0..<3))" : String(repeating: "(x;", count: number(in: 0..<100))
        return ClientClaims(
            address: Array(address.utf8),
            agent: Array(agent.utf8),
            forwardedFor: Array("::1, \(address)".utf8)
        )
    }

    private mutating func read() -> Request.Read {
        .init(
            session: session(),
            lock: flag(),
            wait: UInt32(number(in: 1..<20)),
            presented: flag(),
            previous: number(in: 0..<8) == 0 ? session() : nil
        )
    }

    private mutating func adopt() -> Request.Adopt {
        .init(
            session: session(),
            created: UnixTime(seconds: version()),
            lastSeen: UnixTime(seconds: version()),
            lifetime: lifetime(),
            data: SessionData([UInt8](repeating: 0, count: number(in: 0..<100)))
        )
    }

    private mutating func write() -> Request.Write {
        .init(
            session: session(),
            version: version(),
            token: .random(in: 1...(.max), using: &generator),
            lifetime: lifetime(),
            release: flag(),
            deferred: number(in: 0..<4) == 0,
            identification: flag() ? nil : user().map { .user($0) } ?? .nobody,
            data: data()
        )
    }

    private mutating func end() -> Request.End {
        let one = Request.End.Selection.one(SessionTag(bits: .random(in: 0...(.max), using: &generator)))
        return .init([.all, .others, one][number(in: 0..<3)], user: user(), own: session())
    }

    /// One of a few users, or nobody.
    private mutating func user() -> UserName? {
        number(in: 0..<8) == 0 ? nil : UserName([UInt8](repeating: UInt8(number(in: 0..<64)), count: 255))
    }

    /// One of a thousand sessions, or now and then one of a few that everybody wants.
    private mutating func session() -> SessionReference {
        sessions[number(in: 0..<20) == 0 ? number(in: 0..<8) : number(in: 0..<sessions.count)]
    }

    private mutating func flag() -> Bool { Bool.random(using: &generator) }

    private mutating func version() -> UInt64 {
        number(in: 0..<4) == 0 ? .random(in: 0...(.max), using: &generator) : 0
    }

    private mutating func lifetime() -> UInt32 {
        number(in: 0..<50) == 0 ? .random(in: 0...(.max), using: &generator) : UInt32(number(in: 0..<3))
    }

    /// Mostly little data, sometimes more than the daemon of this scenario takes in a session or in a frame.
    private mutating func data() -> SessionData {
        let count = number(in: 0..<1000) == 0 ? 65_536 + number(in: 0..<600) : number(in: 0..<400)
        return SessionData([UInt8](repeating: UInt8(number(in: 0..<256)), count: count))
    }

    // MARK: Broken frames

    private mutating func broken() -> [UInt8] {
        var frame = request().bytes
        switch Damage.allCases.randomElement(using: &generator) ?? .noise {
        case .flips:
            for _ in 0..<number(in: 1..<9) { frame[number(in: 0..<frame.count)] ^= 1 << UInt8(number(in: 0..<8)) }
        case .length:
            let length = [
                0, 1, frame.count - 5, frame.count, 66_560, 66_561, 1 << 31, (1 << 32) - 1, number(in: 0..<65_536),
            ]
            frame.replaceSubrange(..<4, with: Self.bytes(length[number(in: 0..<length.count)]))
        case .truncation: frame.removeLast(number(in: 1..<frame.count))
        case .splice:
            let other = request().bytes
            frame = Array(frame[..<number(in: 1..<frame.count)] + other[number(in: 0..<other.count)...])
        case .noise: frame = (0..<number(in: 1..<200)).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        case .answer: frame[4] = UInt8(number(in: 0x80..<0x100))
        case .surplus: frame = Self.bytes(frame.count - 4 + 3) + frame[4...] + [1, 2, 3]
        case .unfinished: frame = Self.bytes(60_000) + frame[4...]
        case .greeting: frame = Request.hello(.init(version: ProtocolVersion(rawValue: 0), nonce: 1)).bytes
        case .badID:
            frame =
                Request.touch(.init(session: session(), version: 1, lifetime: 1, release: true)).bytes.dropLast() + [0]
        }
        return frame
    }

    private static func bytes(_ length: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: length).bigEndian) { Array($0) }
    }
}
