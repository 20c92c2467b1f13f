// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomProcessKit
import CloakroomProtocol
import Foundation
import Testing

extension DaemonProcess {
    /// The admin socket that it makes by default.
    var adminSocket: String { directory.path + "/admin.sock" }

    /// The `cloakroomctl` that was built beside the tests.
    static var control: String {
        URL(fileURLWithPath: binary).deletingLastPathComponent().appending(path: "cloakroomctl").path
    }

    /// Runs `cloakroomctl` to its end; answers its exit status and what it printed.
    func control(_ arguments: String...) throws -> (status: Int32, output: String) {
        try Self.run("/usr/bin/env", ["CLOAKROOM_ADMIN_SOCKET=\(adminSocket)", Self.control] + arguments)
    }

    /// A connection to the admin socket.
    func administrator() throws -> AdminClient { try AdminClient(path: adminSocket) }

    /// The keys of a pool, and what each seals.
    func keys(of pool: String = "default") throws -> [PoolKeys.Key] {
        guard case .keys(let pools) = try administrator().ask(.keys(pool: pool)) else {
            throw Failure(description: "no keys")
        }
        return try #require(pools.first).keys
    }

    /// Waits until something is so.
    func await(_ what: String, _ condition: () throws -> Bool) throws {
        let end = Date(timeIntervalSinceNow: 60)
        while try !condition() {
            usleep(10_000)
            try #require(Date.now < end, "\(what): \(log)")
        }
    }

    /// Writes so many sessions, named `prefix` and a number.
    func write(sessions count: Int, _ prefix: String) throws {
        let client = try client()
        for number in 0..<count {
            let written = try client.write(
                "contents of \(prefix)\(number)".utf8,
                to: session("\(prefix)\(number)"),
                version: 0
            )
            try #require(written.version != nil)
        }
    }

    /// How many of them cannot be read with their contents.
    func lost(of count: Int, _ prefix: String) throws -> Int {
        let client = try client()
        return try (0..<count).filter { number in
            let read = try client.read(session("\(prefix)\(number)"), lock: false)
            return read.data != Array("contents of \(prefix)\(number)".utf8)
        }.count
    }
}
