// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProcessKit
import CloakroomProtocol

/// A client with sessions of its own, that knows what was acknowledged for each.
struct CrashClient: Sendable {
    /// A session as the last answer left it.
    struct Session: Sendable {
        let number: Int
        let reference: SessionReference
        /// What it holds; `nil` when it was destroyed or not made yet.
        var contents: Contents?
        var version: UInt64 = 0
        /// The counter of its last write, which goes on after a destruction.
        var counter = 0
    }

    /// A change that was sent and not answered.
    enum Pending: Sendable {
        case write(index: Int, Request.Write, Contents)
        case destruction(index: Int)
        case increment(Request.Write)
    }

    /// A session that all clients increment.
    static let shared = SessionReference.named("shared")

    private(set) var sessions: [Session]
    /// How often this client incremented the shared session.
    private(set) var increments = 0
    /// How many unanswered changes were repeated.
    private(set) var repeats = 0
    private var generator: SeededGenerator
    private var pending: Pending?

    init(number: Int, sessions count: Int, generator: SeededGenerator) {
        self.generator = generator
        sessions = (0..<count).map {
            let number = number * count + $0
            return Session(number: number, reference: .named("crash\(number)"))
        }
    }

    /// What the shared session holds.
    static func sum(_ client: ProtocolClient) throws -> Int {
        let answer = try client.read(shared, lock: false)
        if answer == .absent(.unknown) { return 0 }
        guard let data = answer.data, let sum = Int(String(decoding: data, as: UTF8.self)) else {
            throw Finding("the shared session was read as \(answer)")
        }
        return sum
    }

    // MARK: Load

    /// Reads, writes and destroys until the daemon is killed.
    func loaded(path: String, until kill: CrashTrigger) throws -> CrashClient {
        var client = self
        do {
            let connection = try ProtocolClient.greeted(path: path)
            while true { try client.step(connection, kill) }
        } catch let error as ProtocolClient.Failure {
            try expect(kill.isPulled, "a connection ended before the kill: \(error)")
        }
        return client
    }

    private mutating func step(_ connection: ProtocolClient, _ kill: CrashTrigger) throws {
        let index = Int.random(in: 0..<sessions.count, using: &generator)
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<10: try increment(connection)
        case 10..<20: try destroy(index, connection)
        case 20..<35: return try look(index, connection, lock: false)
        default: try write(index, connection)
        }
        kill.add()
    }

    private mutating func increment(_ connection: ProtocolClient) throws {
        let found = try connection.read(Self.shared)
        let sum = found.data.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
        let request = makeWrite(Self.shared, version: found.version ?? 0, data: Array("\(sum + 1)".utf8))
        pending = .increment(request)
        let answer = try connection.ask(.write(request))
        try expect(answer.version != nil, "an increment was answered \(answer)")
        pending = nil
        increments += 1
    }

    private mutating func destroy(_ index: Int, _ connection: ProtocolClient) throws {
        pending = .destruction(index: index)
        let answer = try connection.ask(.destroy(sessions[index].reference))
        let existed = sessions[index].contents != nil
        try expect(answer == .destroyed(existed: existed), "a DESTROY was answered \(answer)")
        note(index, nil, version: 0)
    }

    private mutating func write(_ index: Int, _ connection: ProtocolClient) throws {
        try look(index, connection, lock: true)
        let session = sessions[index]
        let largest = Int.random(in: 0..<20, using: &generator) == 0 ? 50_000 : 3000
        let contents = Contents(
            session: session.number,
            counter: session.counter + 1,
            filler: Int.random(in: 0...largest, using: &generator)
        )
        let request = makeWrite(session.reference, version: session.version, data: contents.bytes)
        sessions[index].counter += 1
        pending = .write(index: index, request, contents)
        let answer = try connection.ask(.write(request))
        guard case .written(let version) = answer else { throw Finding("a WRITE was answered \(answer)") }
        note(index, contents, version: version)
    }

    private func look(_ index: Int, _ connection: ProtocolClient, lock: Bool) throws {
        let answer = try connection.read(sessions[index].reference, lock: lock)
        try expect(isAsAcknowledged(index, answer), "while it ran, a session was read as \(answer)")
    }

    private mutating func makeWrite(_ session: SessionReference, version: UInt64, data: [UInt8]) -> Request.Write {
        .init(
            session: session,
            version: version,
            token: .random(in: 1...(.max), using: &generator),
            lifetime: 1_000_000,
            release: true,
            data: SessionData(data)
        )
    }

    // MARK: After the kill

    /// Repeats the change that was not answered, or looks whether it was carried out.
    func settled(path: String) throws -> CrashClient {
        var client = self
        guard let pending else { return client }
        let connection = try ProtocolClient.greeted(path: path)
        switch pending {
        case .increment(let request):
            try client.repeated(request, connection)
            client.increments += 1
        case .write(let index, let request, let contents):
            if Bool.random(using: &client.generator) { try client.repeated(request, connection) }
            try client.adopt(index, connection, or: contents)
        case .destruction(let index):
            if Bool.random(using: &client.generator) {
                let answer = try connection.ask(.destroy(sessions[index].reference))
                guard case .destroyed = answer else { throw Finding("a repeated DESTROY was answered \(answer)") }
                client.repeats += 1
            }
            try client.adopt(index, connection, or: nil)
        }
        client.pending = nil
        return client
    }

    private mutating func repeated(_ request: Request.Write, _ connection: ProtocolClient) throws {
        let answer = try connection.ask(.write(request))
        try expect(answer.version != nil, "a WRITE that was repeated with its token was answered \(answer)")
        repeats += 1
    }

    /// Takes what there is for true, if it is what was there before the pending change, or what that makes of it.
    private mutating func adopt(_ index: Int, _ connection: ProtocolClient, or changed: Contents?) throws {
        let answer = try connection.read(sessions[index].reference, lock: false)
        if isAsAcknowledged(index, answer) { return }
        try expect(
            answer.data.flatMap { Contents($0) } == changed,
            "after the kill, a session with a change under way was read as \(answer)"
        )
        note(index, changed, version: answer.version ?? 0)
    }

    /// Looks at every session.
    func checked(path: String) throws -> (CrashClient, CrashTally.Differences) {
        let connection = try ProtocolClient.greeted(path: path)
        var differences = CrashTally.Differences()
        for index in sessions.indices {
            let answer = try connection.read(sessions[index].reference, lock: false)
            guard !isAsAcknowledged(index, answer) else { continue }
            switch answer {
            case .absent(.unreadable, _): differences.unreadable += 1
            case .absent: differences.lost += 1
            case .found where sessions[index].contents == nil: differences.resurrected += 1
            case .found(_, let data, _):
                let isOlder = (Contents(data.bytes)?.counter).map { $0 < sessions[index].counter } ?? false
                if isOlder { differences.lost += 1 } else { differences.wrong += 1 }
            default: throw Finding("a READ was answered \(answer)")
            }
        }
        return (self, differences)
    }

    private func isAsAcknowledged(_ index: Int, _ answer: Response) -> Bool {
        guard let contents = sessions[index].contents else { return answer == .absent(.unknown) }
        return answer.version == sessions[index].version && answer.data == contents.bytes
    }

    private mutating func note(_ index: Int, _ contents: Contents?, version: UInt64) {
        sessions[index].contents = contents
        sessions[index].version = version
        pending = nil
    }
}
