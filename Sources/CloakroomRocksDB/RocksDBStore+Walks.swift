// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
public import CloakroomStore

// Walks over what is stored, for those who look at all of it. They leave the block cache to requests.
extension RocksDBStore {
    /// See ``CloakroomStore/SessionStore/isMember(_:of:)``.
    public func isMember(_ address: SessionAddress, of group: SessionAddress) throws(StoreError) -> Bool {
        let database = try gate.enter()
        defer { gate.leave() }
        return try database.isMember(address, of: group)
    }

    /// See ``CloakroomStore/SessionStore/groups(after:limit:)``.
    public func groups(after group: SessionAddress?, limit: Int) throws(StoreError) -> [SessionAddress] {
        let database = try gate.enter()
        defer { gate.leave() }
        return try database.groups(after: group, limit: limit)
    }

    /// See ``CloakroomStore/SessionStore/memberships(after:limit:)``.
    public func memberships(
        after membership: GroupMembership?,
        limit: Int
    ) throws(StoreError) -> [GroupMembership] {
        let database = try gate.enter()
        defer { gate.leave() }
        return try database.memberships(after: membership, limit: limit)
    }

    /// See ``CloakroomStore/SessionStore/expiryEntries(after:limit:)``.
    public func expiryEntries(after entry: ExpiryEntry?, limit: Int) throws(StoreError) -> [ExpiryEntry] {
        let database = try gate.enter()
        defer { gate.leave() }
        return try database.expiryEntries(after: entry, limit: limit)
    }

    /// See ``CloakroomStore/SessionStore/bodies(after:limit:)``. Each call sorts the bodies that are in memory only, as
    /// ``metadata(after:limit:)`` does.
    public func bodies(after address: SessionAddress?, limit: Int) throws(StoreError) -> [StoredBody] {
        let database = try gate.enter()
        defer { gate.leave() }
        return try database.bodies(after: address, limit: limit)
    }
}

extension Database {
    fileprivate func groups(after group: SessionAddress?, limit: Int) throws(StoreError) -> [SessionAddress] {
        let keys = walk(.index)
        if let group { seek(keys, behind: group) } else { keys.seekToFirst() }
        var groups: [SessionAddress] = []
        while groups.count < limit, keys.isValid {
            guard let next = keys.withKey(IndexKey.membership(in:)) else { throw .strangeIndexEntry }
            groups.append(next.group)
            seek(keys, behind: next.group)
        }
        try keys.check("reading the index of groups")
        return groups
    }

    /// Goes to the first member of the group that follows.
    private func seek(_ keys: borrowing KeyIterator, behind group: SessionAddress) {
        let end = group.bytes + [UInt8](repeating: .max, count: SessionAddress.length) + [0]
        end.span.withUnsafeBytes { keys.seek(to: $0) }
    }

    fileprivate func memberships(
        after membership: GroupMembership?,
        limit: Int
    ) throws(StoreError) -> [GroupMembership] {
        let keys = walk(.index)
        if let membership {
            IndexKey.withUnsafeBytes(membership.group, membership.address) { keys.seek(to: $0) }
        } else {
            keys.seekToFirst()
        }
        var found: [GroupMembership] = []
        while found.count < limit, keys.isValid {
            guard let next = keys.withKey(IndexKey.membership(in:)) else { throw .strangeIndexEntry }
            if next != membership { found.append(next) }
            keys.advance()
        }
        try keys.check("reading the index of groups")
        return found
    }

    fileprivate func expiryEntries(after entry: ExpiryEntry?, limit: Int) throws(StoreError) -> [ExpiryEntry] {
        let keys = walk(.expiry)
        if let entry {
            ExpiryKey(entry.slot, entry.address).withUnsafeBytes { keys.seek(to: $0) }
        } else {
            keys.seekToFirst()
        }
        var found: [ExpiryEntry] = []
        while found.count < limit, let next = try keys.expiryEntry() {
            // It may have another filing by now.
            if next.slot != entry?.slot || next.address != entry?.address { found.append(next) }
            keys.advance()
        }
        return found
    }

    fileprivate func bodies(after address: SessionAddress?, limit: Int) throws(StoreError) -> [StoredBody] {
        let keys = walk(.body)
        if let address { address.withUnsafeBytes { keys.seek(to: $0) } } else { keys.seekToFirst() }
        var found: [StoredBody] = []
        while found.count < limit, keys.isValid {
            let next = keys.withEntry { key, value in SessionAddress(key).map { StoredBody(at: $0, value) } }
            guard let next else { throw .strangeBodyKey }
            if next.address != address { found.append(next) }
            keys.advance()
        }
        try keys.check("reading bodies")
        return found
    }

    private func walk(_ family: ColumnFamily) -> KeyIterator {
        let options = ReadOptions()
        options.leaveCacheAlone()
        return KeyIterator(over: family, of: self, options: options)
    }
}

extension KeyIterator {
    fileprivate func seekToFirst() { seek(to: UnsafeRawBufferPointer(start: nil, count: 0)) }
}

extension StoreError {
    /// What stands in place of an address.
    fileprivate static let strangeBodyKey = StoreError(
        .corruption,
        "the bodies have a key of the wrong length; restore a backup"
    )
}
