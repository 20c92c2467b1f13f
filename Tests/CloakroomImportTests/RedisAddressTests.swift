// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CloakroomImport

@Suite("The URL of Redis") struct RedisAddressTests {
    @Test("names host, port, database, user and password") func tcp() throws {
        let address = try RedisAddress(url: "redis://web:p%40ss@cache.example:7000/3", password: "other")
        #expect(address.endpoint == .tcp(host: "cache.example", port: 7000))
        #expect((address.user, address.password, address.database) == ("web", "p@ss", 3))
        let plain = try RedisAddress(url: "redis://127.0.0.1", password: "secret")
        #expect(plain.endpoint == .tcp(host: "127.0.0.1", port: 6379))
        #expect((plain.user, plain.password, plain.database) == (nil, "secret", 0))
        #expect(try RedisAddress(url: "redis://[::1]:1/", password: nil).endpoint == .tcp(host: "::1", port: 1))
        #expect(try RedisAddress(url: "redis://:pass@h", password: nil).password == "pass")
    }

    @Test("names a socket") func unix() throws {
        let address = try RedisAddress(url: "unix:///run/redis/redis.sock?db=2", password: nil)
        #expect((address.endpoint, address.database) == (.unix(path: "/run/redis/redis.sock"), 2))
    }

    @Test(
        "is refused when it says something else",
        arguments: [
            "", "redis", "redis://", "http://h", "rediss://h", "redis://h/x", "redis://h/-1", "redis://h?db=1",
            "unix://run/redis.sock",
            "unix:///", "unix:///a?db=x", "unix:///a?user=x", "redis://h:port",
        ]
    ) func refused(url: String) {
        #expect(throws: ImportError.self) { try RedisAddress(url: url, password: nil) }
    }

    @Test("does not print the password") func secret() throws {
        let address = try RedisAddress(url: "redis://:secret@h", password: "secret")
        var dumped = ""
        dump(address, to: &dumped)
        #expect(!"\(address) \(String(reflecting: address)) \(dumped)".contains("secret"))
    }
}
