// SPDX-License-Identifier: Apache-2.0

import CloakroomClient
import CloakroomCore
import CloakroomCrypto
import CloakroomTestKit
import Testing

@testable import CloakroomSessions

/// What administrators see and do, over a store in memory.
struct AdministrationBench {
    static let administrator = Administrator(uid: 1234, pid: 99)

    let bench: Bench
    var service: SessionService { bench.service }
    var store: MemoryStore { bench.store }

    init(adjusting adjust: (inout SessionRules) -> Void = { _ in }) async throws {
        bench = try await Bench(adjusting: adjust)
    }

    /// Makes a session; answers its tag.
    @discardableResult
    func make(
        _ id: String,
        as user: String? = nil,
        lifetime: UInt32 = 1440,
        from claims: ClientClaims = .none
    ) async throws -> SessionTag {
        let client = SessionClient(pid: 1)
        client.claims = claims
        defer { service.release(client) }
        let session = try Bench.session(id)
        try await bench.read(session, client)
        _ = try await bench.write(
            "text",
            session,
            version: 0,
            lifetime: lifetime,
            as: user.map { try Bench.user($0) },
            client
        ).version
        return try address(id).sessionTag
    }

    func address(_ id: String) throws -> SessionAddress { try service.sealer.address(of: Bench.session(id)) }

    /// The tags that a list shows.
    func list(_ adjust: (inout SessionFilter) -> Void = { _ in }) async throws -> [SessionTag] {
        try await overviews(adjust).map(\.tag)
    }

    func overviews(_ adjust: (inout SessionFilter) -> Void = { _ in }) async throws -> [SessionOverview] {
        var filter = SessionFilter()
        adjust(&filter)
        var found: [SessionOverview] = []
        _ = try await service.list(filter, pause: { _ in }) { session in
            found.append(session)
            return true
        }
        return found
    }

    func users(_ minimum: Int = 1) async throws -> [String: Int] {
        var users: [String: Int] = [:]
        try await service.listUsers(withSessions: minimum, pause: {}) { user in
            users[String(decoding: user.name.bytes, as: UTF8.self)] = user.sessions
            return true
        }
        return users
    }

    func isThere(_ id: String) throws -> Bool {
        if case .found = try service.readSnapshot(Bench.session(id)) { true } else { false }
    }

    /// The token of a user's browser.
    func issueToken(_ user: String, to client: SessionClient = SessionClient(pid: 1)) async throws -> RememberToken {
        guard case .issued(let issued) = try await service.issueToken(to: Self.name(user), for: client) else {
            throw Failure()
        }
        return issued.token
    }

    func isWorthSomething(_ token: RememberToken) throws -> Bool {
        if case .remembered = try service.redeem(token, for: SessionClient(pid: 1)) { true } else { false }
    }

    static func name(_ user: String) throws -> UserName { try #require(UserName(user.utf8)) }

    struct Failure: Error {}
}

extension ClientClaims {
    /// A browser at an address.
    static func browser(_ address: String, _ agent: String = "") -> ClientClaims {
        ClientClaims(address: Array(address.utf8), agent: Array(agent.utf8))
    }
}
