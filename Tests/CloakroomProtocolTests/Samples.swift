// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProtocol
import NIOCore
import Testing

/// The messages of the vectors, as values.
enum Samples {
    static let data = SessionData(Array("user|s:5:\"alice\";".utf8) + [0x00, 0xff])
    static let version: UInt64 = 0x0006_60C4_3C06_F7C8

    static func session(_ name: String = "PHPSESSID", _ id: String = "0123456789abcdefghijklmnopqrstuv") throws
        -> SessionReference
    {
        SessionReference(
            name: try #require(SessionName(name.utf8)),
            id: try #require(SessionID(id.utf8))
        )
    }

    static func requests() throws -> [String: Request] {
        let session = try session()
        return [
            "hello": .hello(
                .init(
                    version: .current,
                    nonce: 0xDEAD_BEEF,
                    label: try #require(RequestLabel(Array("GET /ä.p".utf8))),
                    claims: ClientClaims(address: Array("192.0.2.1".utf8), agent: Array("Browser/1".utf8))
                )
            ),
            "hello through proxies": .hello(
                .init(
                    version: .current,
                    nonce: 8,
                    claims: ClientClaims(
                        address: Array("::1".utf8),
                        forwardedFor: Array("192.0.2.1, ::2".utf8),
                        realIP: Array("192.0.2.1".utf8),
                        forwarded: Array("for=192.0.2.1".utf8)
                    )
                )
            ),
            "hello without a label": .hello(.init(version: .current, nonce: 7)),
            "hello to a pool": .hello(
                .init(
                    version: .current,
                    nonce: 7,
                    label: try #require(RequestLabel(Array("PUT".utf8))),
                    pool: PoolName("shop-2_b")
                )
            ),
            "hello to a pool with the longest name": .hello(
                .init(version: .current, nonce: 7, pool: PoolName(String(repeating: "0", count: 64)))
            ),
            "read with lock": .read(.init(session: session, lock: true, wait: 30_000)),
            "read without lock": .read(.init(session: try Samples.session("a", "Z"), lock: false, wait: 0)),
            "read what a browser sent": .read(.init(session: session, lock: true, wait: 0, presented: true)),
            "read in place of another": .read(
                .init(session: session, lock: true, wait: 0, previous: try Samples.session("a", "Z"))
            ),
            "write and release": .write(
                .init(
                    session: session,
                    version: version,
                    token: 0x0102_0304_0506_0708,
                    lifetime: 1440,
                    release: true,
                    data: data
                )
            ),
            "write, deferred": .write(
                .init(
                    session: session,
                    version: version,
                    token: 0x0102_0304_0506_0708,
                    lifetime: 1440,
                    release: false,
                    deferred: true,
                    data: data
                )
            ),
            "write, release, deferred": .write(
                .init(
                    session: session,
                    version: version,
                    token: 0x0102_0304_0506_0708,
                    lifetime: 1440,
                    release: true,
                    deferred: true,
                    data: data
                )
            ),
            "write nothing": .write(
                .init(session: session, version: 0, token: 1, lifetime: 0, release: false, data: SessionData([]))
            ),
            "touch and release": .touch(.init(session: session, version: version, lifetime: 1440, release: true)),
            "release": .release,
            "destroy": .destroy(session),
            "gc": .collect(lifetime: 1440),
            "ping": .ping,
            "retire": .retire(session),
        ].merging(try userRequests(session)) { $1 }
    }

    private static func user(_ name: [UInt8] = Array("alice".utf8)) throws -> UserName { try #require(UserName(name)) }

    private static func token() throws -> RememberToken { try #require(RememberToken(Array<UInt8>(0x40..<0x70))) }

    private static func userRequests(_ session: SessionReference) throws -> [String: Request] {
        let other = try Samples.session("a", "Z")
        let longest = try user([UInt8](repeating: UInt8(ascii: "u"), count: 255))
        func write(_ identification: Identification, authenticated: Bool = false, release: Bool) -> Request {
            .write(
                .init(
                    session: session,
                    version: version,
                    token: 0x0102_0304_0506_0708,
                    lifetime: 1440,
                    release: release,
                    deferred: !release,
                    identification: identification,
                    authenticated: authenticated,
                    data: data
                )
            )
        }
        return [
            "write, identified": write(.user(try user(Array("alice".utf8) + [0xff])), release: true),
            "write, authenticated": write(
                .user(try user(Array("alice".utf8) + [0xff])),
                authenticated: true,
                release: true
            ),
            "write, deferred, of nobody": write(.nobody, release: false),
            "sessions": .sessions(.init(user: try user(), own: session)),
            "sessions of the asker's user": .sessions(.init(user: nil, own: other)),
            "end all": .end(.init(.all, user: longest, own: session)),
            "end all others": .end(.init(.others, user: nil, own: session)),
            "remember": .remember(try user(Array("alice".utf8) + [0xff])),
            "redeem": .redeem(try token()),
            "forget": .forget(try token()),
            "adopt": .adopt(
                .init(
                    session: session,
                    created: UnixTime(seconds: 1_700_000_000),
                    lastSeen: UnixTime(seconds: 1_700_000_300),
                    lifetime: 1440,
                    data: data
                )
            ),
            "adopt nothing": .adopt(
                .init(
                    session: other,
                    created: UnixTime(seconds: 0),
                    lastSeen: UnixTime(seconds: .max),
                    lifetime: 0,
                    data: SessionData([])
                )
            ),
            "end one": .end(.init(.one(SessionTag(bits: 0x3f9c_2a17_d0be)), user: try user(), own: session)),
        ]
    }

    private static func rememberAnswers() throws -> [String: Response] {
        let token = try token()
        let long = try user([UInt8](repeating: UInt8(ascii: "u"), count: 255))
        return [
            "issued": .issued(.init(token: token, lifetime: 2_592_000)),
            "remembered": .remembered(
                try user(Array("alice".utf8) + [0xff]),
                since: UnixTime(seconds: 1_700_000_000),
                next: .init(token: token, lifetime: 3600)
            ),
            "remembered, again": .remembered(long, since: UnixTime(seconds: .max), next: nil),
            "not remembered": .notRemembered(.unknown),
            "not remembered, reused": .notRemembered(.reused),
        ]
    }

    static func answers() throws -> [String: Response] {
        try [
            "hello": .hello(
                .init(version: .current, nonce: 0xDEAD_BEEF, maximumData: 4_194_304, lockWait: 30_000)
            ),
            "hello, deferred": .hello(
                .init(version: .current, nonce: 7, deferred: true, maximumData: 67_108_864, lockWait: 1000)
            ),
            "hello, with a session key": .hello(
                .init(version: .current, nonce: 7, maximumData: 1, lockWait: 1, sessionKey: "auth.ä")
            ),
            "hello, with a directory to read through": .hello(
                .init(version: .current, nonce: 7, maximumData: 1, lockWait: 1, readThrough: "2;0600;/srv/ä")
            ),
            "hello, with both": .hello(
                .init(
                    version: .current,
                    nonce: 7,
                    deferred: true,
                    maximumData: 1,
                    lockWait: 1,
                    sessionKey: String(repeating: "u", count: 255),
                    readThrough: String(repeating: "/", count: 255)
                )
            ),
            "sessions": .sessions([
                .init(
                    tag: SessionTag(bits: 0x0000_0a17_d0be),
                    isOwn: true,
                    created: UnixTime(seconds: 1_700_000_000),
                    lastSeen: UnixTime(seconds: 1_700_000_300),
                    network: "192.0.0.0/16",
                    browser: "Firefox on Windows"
                ),
                .init(
                    tag: SessionTag(bits: 0xffff_ffff_ffff),
                    isOwn: false,
                    created: UnixTime(seconds: 0),
                    lastSeen: UnixTime(seconds: .max),
                    network: "",
                    browser: ""
                ),
            ]),
            "sessions, none": .sessions([]),
            "ended": .ended(count: 3, own: false),
            "ended, also the asker's own": .ended(count: 1, own: true),
            "too many sessions of the user": .error(ProtocolError(.tooManyOfUser, "five")),
            "no user": .error(ProtocolError(.noUser, "whose")),
            "found": .found(version: version, data: data),
            "found, empty": .found(version: 1, data: SessionData([])),
            "found, deferred": .found(version: version, data: data, deferred: true),
            "absent, destroyed": .absent(.destroyed),
            "absent, other address": .absent(.otherAddress),
            "absent, replaced": .absent(.replaced),
            "absent, deferred": .absent(.unknown, deferred: true),
            "written": .written(version: version + 1),
            "destroyed": .destroyed(existed: true),
            "collected": .collected(count: 17),
            "pong": .pong,
            "unwritten": .unwritten(
                token: 0x0102_0304_0506_0708,
                ProtocolError(.storeFault, "the disk is full")
            ),
            "conflict": .error(ProtocolError(.conflict, "somebody else was faster")),
            "unknown operation": .error(ProtocolError(.unknownOperation, "unknown operation 99")),
        ].merging(rememberAnswers()) { $1 }
    }

    /// A frame without its length field.
    static func body(_ frame: ByteBuffer) -> ByteBuffer {
        frame.getSlice(at: FrameLimits.lengthField, length: frame.readableBytes - FrameLimits.lengthField)
            ?? ByteBuffer()
    }
}
