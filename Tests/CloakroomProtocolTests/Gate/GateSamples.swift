// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProtocol
import Testing

/// The messages of the gate's vectors, as values.
enum GateSamples {
    static func requests() throws -> [String: GateRequest] {
        let session = try Samples.session()
        let long = [UInt8](repeating: 0xff, count: 300)
        return [
            "hello": .hello(GateRequest.version),
            "hello of a later version": .hello(ProtocolVersion(rawValue: 0x0102)),
            "check": .check(.init(session: session)),
            "check of a browser": .check(
                .init(
                    session: session,
                    claims: ClientClaims(address: Array("192.0.2.1".utf8), agent: Array("Browser/1".utf8))
                )
            ),
            "check through proxies": .check(
                .init(
                    session: session,
                    claims: ClientClaims(
                        address: Array("::1".utf8),
                        forwardedFor: Array("192.0.2.1, ::2".utf8),
                        realIP: Array("192.0.2.1".utf8),
                        forwarded: Array("for=192.0.2.1".utf8)
                    )
                )
            ),
            "check in a pool": .check(.init(pool: PoolName("shop-2_b"), session: try Samples.session("a", "Z"))),
            "check that counts as activity": .check(
                .init(pool: PoolName(String(repeating: "0", count: 64)), session: session, isActivity: true)
            ),
            "check of long claims": .check(
                .init(
                    session: session,
                    claims: ClientClaims(address: long, agent: long, forwardedFor: long, realIP: long, forwarded: long)
                )
            ),
            "check of the longest session": .check(
                .init(
                    session: try Samples.session(
                        String(repeating: "n", count: 255),
                        String(repeating: "-", count: 256)
                    )
                )
            ),
            "status": .status,
        ]
    }

    static func answers() throws -> [String: GateResponse] {
        let tag = SessionTag(bits: 0x00a1_b2c3_d4e5)
        func user(_ bytes: [UInt8], _ age: UInt32) throws -> GateResponse.Alive.User {
            .init(name: try #require(UserName(bytes)), age: age)
        }
        return [
            "hello": .hello(GateRequest.version, daemon: "0.8.0"),
            "hello of a daemon without a version": .hello(ProtocolVersion(rawValue: 2), daemon: ""),
            "alive": .alive(.init(tag: tag, age: 3600, idle: 60, remaining: 1380)),
            "alive for ever": .alive(.init(tag: SessionTag(bits: (1 << 48) - 1), age: 0, idle: 0, remaining: .max)),
            "alive, with a user": .alive(
                .init(tag: tag, age: 3600, idle: 60, remaining: 1380, user: try user(Array("alice".utf8) + [0xff], 600))
            ),
            "alive, with the longest user": .alive(
                .init(tag: tag, age: 1, idle: 1, remaining: 1, user: try user(.init(repeating: 0x75, count: 255), 0))
            ),
            "not alive, unknown": .notAlive(.unknown),
            "not alive, replaced": .notAlive(.replaced),
            "not alive, for a reason of a later version": .notAlive(AbsenceReason(rawValue: 200)),
            "status": .status(Array(#"{"daemon":{},"locks":[]}"#.utf8)),
            "guessing": .error(ProtocolError(.tooManyUnknownIDs, "too many")),
            "unknown pool": .error(ProtocolError(.unknownPool, "no such pool")),
            "stopping": .error(ProtocolError(.shuttingDown, "ask again")),
        ]
    }
}
