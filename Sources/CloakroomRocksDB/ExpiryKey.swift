// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStore

/// The key of an expiry entry: the slot's time, big-endian, then the address. Five words whose order is that of the bytes.
struct ExpiryKey: Comparable {
    /// The number of bytes in a key.
    static let length = 8 + SessionAddress.length
    /// The key before all others.
    static let first = ExpiryKey(words: (0, 0, 0, 0, 0))
    /// No entry has a key beyond it.
    static let last = ExpiryKey(words: (.max, .max, .max, .max, .max))

    private let words: (UInt64, UInt64, UInt64, UInt64, UInt64)

    private init(words: (UInt64, UInt64, UInt64, UInt64, UInt64)) { self.words = words }

    /// The key of an entry.
    init(_ slot: ExpirySlot, _ address: SessionAddress) {
        let time = slot.time.seconds
        words = address.withUnsafeBytes { bytes in
            func word(_ index: Int) -> UInt64 {
                UInt64(bigEndian: bytes.load(fromByteOffset: index * 8, as: UInt64.self))
            }
            return (time, word(0), word(1), word(2), word(3))
        }
    }

    /// The key before all entries of slots after `time`, or `nil` when there is no later time.
    init?(after time: UnixTime) {
        guard time.seconds < .max else { return nil }
        words = (time.seconds + 1, 0, 0, 0, 0)
    }

    /// Calls `body` with the key as RocksDB has it.
    func withUnsafeBytes<Value, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let ordered = (
            words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian, words.4.bigEndian
        )
        return try Swift.withUnsafeBytes(of: ordered, body)
    }

    /// In the order of the bytes.
    static func < (left: ExpiryKey, right: ExpiryKey) -> Bool { left.words < right.words }

    /// Equal when all 40 bytes are.
    static func == (left: ExpiryKey, right: ExpiryKey) -> Bool { left.words == right.words }
}

extension ExpiryEntry {
    /// Reads key and value of an entry, or answers `nil` when they are not those of one.
    init?(key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        guard key.count == ExpiryKey.length, let address = SessionAddress(key[8...]) else { return nil }
        let slot = ExpirySlot(UnixTime(seconds: UInt64(bigEndian: key.loadUnaligned(as: UInt64.self))))
        guard let filing = ExpiryFiling(slot: slot, value: value) else { return nil }
        self.init(address, filing)
    }
}

extension ExpiryFiling {
    /// Reads the value of an entry, or answers `nil` when it is not one. An empty value says no size, a short one no group.
    init?(slot: ExpirySlot, value: UnsafeRawBufferPointer) {
        switch value.count {
        case 0: self.init(slot: slot, kibibytes: 0)
        case Self.sizeLength, Self.sizeLength + SessionAddress.length:
            let rest = UnsafeRawBufferPointer(rebasing: value[Self.sizeLength...])
            self.init(
                slot: slot,
                kibibytes: UInt32(bigEndian: value.loadUnaligned(as: UInt32.self)),
                group: rest.isEmpty ? nil : SessionAddress(loading: rest)
            )
        default: return nil
        }
    }

    private static let sizeLength = MemoryLayout<UInt32>.size

    /// The value of its entry.
    var value: [UInt8] {
        let size = withUnsafeBytes(of: kibibytes.bigEndian, Array.init)
        return group.map { size + $0.bytes } ?? size
    }
}

extension KeyIterator {
    /// The expiry entry it stands on, or `nil` at the end.
    ///
    /// - Throws: ``StoreError`` when a fault ended the iteration, or what is there is no entry.
    func expiryEntry() throws(StoreError) -> ExpiryEntry? {
        guard isValid else {
            try check("reading the expiry index")
            return nil
        }
        if let entry = withEntry({ ExpiryEntry(key: $0, value: $1) }) { return entry }
        throw .strangeExpiryEntry
    }
}

extension StoreError {
    /// What stands in place of an expiry entry.
    static let strangeExpiryEntry = StoreError(
        .corruption,
        "the expiry index has an entry of the wrong length; restore a backup"
    )
}
