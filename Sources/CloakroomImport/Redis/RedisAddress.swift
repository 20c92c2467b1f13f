// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Where a Redis is, and as whom and for which database it is asked. It does not print the password.
public struct RedisAddress: Equatable, Sendable {
    /// How it is reached.
    enum Endpoint: Equatable, Sendable {
        case tcp(host: String, port: Int32)
        case unix(path: String)
    }

    let endpoint: Endpoint
    let user: String?
    let password: String?
    let database: Int

    /// Reads `redis://[[USER][:PASSWORD]@]HOST[:PORT][/DATABASE]` (IANA's registration of the scheme) or `unix:///PATH[?db=DATABASE]`.
    ///
    /// - Parameter password: the password if the URL has none.
    /// - Throws: ``ImportError`` when it is neither.
    public init(url: String, password: String?) throws(ImportError) {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased() else {
            throw Self.wrong("it is no URL")
        }
        switch scheme {
        case "redis":
            guard let host = parts.host, !host.isEmpty else { throw Self.wrong("it names no host") }
            // An address of version 6 stands in brackets.
            let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
            endpoint = .tcp(host: bare, port: Int32(clamping: parts.port ?? 6379))
            database = try Self.database(String(parts.path.drop { $0 == "/" }))
            guard parts.queryItems?.isEmpty ?? true else { throw Self.wrong("it has options, which are not known") }
        case "unix":
            guard (parts.host ?? "").isEmpty, parts.path.count > 1 else {
                throw Self.wrong("the path of a socket has three slashes in front: unix:///run/redis/redis.sock")
            }
            endpoint = .unix(path: parts.path)
            let items = parts.queryItems ?? []
            guard items.allSatisfy({ $0.name == "db" }), items.count <= 1 else {
                throw Self.wrong("it has options other than db")
            }
            database = try Self.database(items.first?.value ?? "")
        case "rediss":
            throw Self.wrong("TLS is not spoken: import on the host of Redis, or through a tunnel (stunnel4, ssh -L)")
        default: throw Self.wrong("its scheme is \(scheme)")
        }
        user = parts.user.flatMap { $0.isEmpty ? nil : $0 }
        self.password = parts.password ?? password
    }

    private static func database(_ text: String) throws(ImportError) -> Int {
        if text.isEmpty { return 0 }
        guard let number = Int(text), number >= 0 else { throw wrong("the database is a number") }
        return number
    }

    private static func wrong(_ what: String) -> ImportError {
        ImportError(
            "the URL of Redis cannot be used: \(what). It has to be redis://[USER@]HOST[:PORT][/DATABASE], or "
                + "unix:///PATH[?db=DATABASE]; the password can be in REDISCLI_AUTH"
        )
    }

    /// For people.
    var name: String {
        switch endpoint {
        case .tcp(let host, let port): "\(host):\(port)"
        case .unix(let path): path
        }
    }
}

extension RedisAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Where it is.
    public var description: String { name }
    /// The same.
    public var debugDescription: String { description }
    /// No children, so that `dump` shows no password.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
