// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The connections that the kernel has for a listening Unix socket (proc(5), `/proc/net/unix`).
struct AcceptedConnections {
    // SS_CONNECTED of <linux/net.h>.
    private static let connected = "03"

    let path: String

    /// How many there are, whether or not somebody is still at the other end.
    func count() throws -> Int {
        guard let table = try FileHandle(forReadingAtPath: "/proc/net/unix")?.readToEnd() else {
            throw Finding("/proc/net/unix cannot be read")
        }
        return String(decoding: table, as: UTF8.self).split(separator: "\n").count { line in
            let fields = line.split(separator: " ")
            return fields.count == 8 && fields[5] == Self.connected && fields[7] == path
        }
    }
}
