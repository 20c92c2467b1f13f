// SPDX-License-Identifier: Apache-2.0

import CloakroomCore

/// The keys of phpredis's session handler: a prefix and the id; and as a lock, the same with `_LOCK` behind it
/// (`redis_session.c`). No id has an underscore.
struct PhpredisKeys {
    /// What phpredis takes when `session.save_path` has no `prefix`.
    static let standardPrefix = "PHPREDIS_SESSION:"
    private static let lockSuffix = Array("_LOCK".utf8)

    /// What is said of a session that has one.
    static let inUse = ImportReason(.inUse, "a request has locked it; run the import again")

    private let prefix: [UInt8]

    init(prefix: String) { self.prefix = Array(prefix.utf8) }

    /// The pattern of all keys, for SCAN (Redis manual, "KEYS").
    var pattern: [UInt8] {
        prefix.flatMap { "*?[]^-\\".utf8.contains($0) ? [UInt8(ascii: "\\"), $0] : [$0] } + [UInt8(ascii: "*")]
    }

    /// The id in a key; `nil` when it is not a session's.
    func id(in key: [UInt8]) -> String? {
        let id = key.dropFirst(prefix.count)
        return SessionID.isValid(id) ? String(decoding: id, as: UTF8.self) : nil
    }

    /// Whether a key is the lock of a session.
    func isLock(_ key: [UInt8]) -> Bool {
        key.suffix(Self.lockSuffix.count).elementsEqual(Self.lockSuffix)
            && id(in: key.dropLast(Self.lockSuffix.count)) != nil
    }

    /// The lock of the session of a key.
    static func lock(of key: [UInt8]) -> [UInt8] { key + lockSuffix }

    /// The key as far as it can be shown: the prefix and two characters.
    func place(of key: [UInt8]) -> ImportPlace {
        let beginning = key.prefix(prefix.count + 2).map { (0x20...0x7e).contains($0) ? $0 : UInt8(ascii: "?") }
        return ImportPlace(key: String(decoding: beginning, as: UTF8.self))
    }

    private func id(in key: ArraySlice<UInt8>) -> String? { id(in: Array(key)) }
}
