// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStore

/// The key of a member of a group: the group, then the member's address.
enum IndexKey {
    /// The number of bytes in a key.
    static let length = 2 * SessionAddress.length

    /// The member that a key names, or `nil` when it is none.
    static func member(in key: UnsafeRawBufferPointer) -> SessionAddress? {
        key.count == length ? SessionAddress(key[SessionAddress.length...]) : nil
    }

    /// Group and member that a key names, or `nil` when it is none.
    static func membership(in key: UnsafeRawBufferPointer) -> GroupMembership? {
        guard let member = member(in: key), let group = SessionAddress(key[..<SessionAddress.length]) else {
            return nil
        }
        return GroupMembership(group: group, address: member)
    }

    /// Calls `body` with the key as RocksDB has it.
    static func withUnsafeBytes<Value, Failure: Error>(
        _ group: SessionAddress,
        _ address: SessionAddress,
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let key = group.bytes + address.bytes
        return try key.span.withUnsafeBytes { bytes throws(Failure) -> Value in try body(bytes) }
    }
}

extension WriteBatch {
    /// Makes a session a member of a group.
    func join(_ group: SessionAddress, _ address: SessionAddress) {
        IndexKey.withUnsafeBytes(group, address) { put([], at: $0, in: .index) }
    }

    /// Ends a membership, if there is one.
    func leave(_ group: SessionAddress, _ address: SessionAddress) {
        IndexKey.withUnsafeBytes(group, address) { delete($0, in: .index) }
    }
}

extension Database {
    /// Whether a session is a member of a group.
    func isMember(_ address: SessionAddress, of group: SessionAddress) throws(StoreError) -> Bool {
        try IndexKey.withUnsafeBytes(group, address) { key throws(StoreError) -> Bool in
            try value(at: key, in: .index) != nil
        }
    }

    /// Up to `limit` members of a group behind an address.
    func members(
        of group: SessionAddress,
        after address: SessionAddress?,
        limit: Int
    ) throws(StoreError) -> [SessionAddress] {
        // Behind all members: else a scan would walk over what was removed from the groups that follow.
        let end = group.bytes + [UInt8](repeating: .max, count: SessionAddress.length) + [0]
        return try end.span.withUnsafeBytes { end throws(StoreError) -> [SessionAddress] in
            let options = ReadOptions()
            options.bound(below: end)
            let keys = KeyIterator(over: .index, of: self, options: options)
            IndexKey.withUnsafeBytes(group, address ?? .none) { keys.seek(to: $0) }
            var members: [SessionAddress] = []
            while members.count < limit, keys.isValid {
                guard let member = keys.withKey(IndexKey.member(in:)) else { throw .strangeIndexEntry }
                if member != address { members.append(member) }
                keys.advance()
            }
            try keys.check("reading the index of groups")
            return members
        }
    }
}

extension StoreError {
    /// What stands in place of a member of a group.
    static let strangeIndexEntry = StoreError(
        .corruption,
        "the index of groups has an entry of the wrong length; restore a backup"
    )
}
