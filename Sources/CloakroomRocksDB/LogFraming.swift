// SPDX-License-Identifier: Apache-2.0

/// The framing of RocksDB's write-ahead logs and manifests: blocks of 32 KiB with records that do not cross them. A record
/// is a header (masked CRC-32C of type and contents, four bytes; length, two; type, one; little-endian) and its contents
/// (<https://github.com/facebook/rocksdb/wiki/Write-Ahead-Log-File-Format>).
///
/// RocksDB takes two kinds of damage to a header for the end of the file, without a word: a type that belongs to logs
/// that are used again, which we never have, and, in a manifest, a length that leads beyond the end. Both are found here.
enum LogFraming {
    /// The number of bytes in a block.
    static let blockSize = 32 << 10
    private static let headerSize = 7

    /// What a block holds.
    enum Finding: Equatable {
        /// Whole records, as far as framing goes.
        case records
        /// The header at this offset in the block is damaged in a way that RocksDB does not notice.
        case damage(Int)
        /// The end of what was written, or damage that RocksDB notices.
        case end
    }

    /// Looks at a block.
    ///
    /// - Parameters:
    ///   - block: its bytes; fewer than ``blockSize`` at the end of the file.
    ///   - isManifest: whether it is of a manifest and not of a write-ahead log.
    static func examine(_ block: UnsafeRawBufferPointer, isManifest: Bool) -> Finding {
        var offset = 0
        while offset + headerSize <= block.count {
            let rest = UnsafeRawBufferPointer(rebasing: block[offset...])
            let type = rest[6]
            let length = Int(rest[4]) | Int(rest[5]) << 8
            let fits = headerSize + length <= rest.count
            switch type {
            case 1...4 where fits:
                offset += headerSize + length
            case 1...4 where isManifest && block.count < blockSize:
                // Either the write was cut short, which is no damage, or the length is wrong and a shorter record is whole.
                return isWhole(rest, types: type...type, lengths: 0...rest.count - headerSize)
                    ? .damage(offset) : .end
            case 5...8 where fits:
                return isWhole(rest, types: 1...4, lengths: length...length) ? .damage(offset) : .end
            default:
                return .end
            }
        }
        return block.count < blockSize ? .end : .records
    }

    /// The offset in a block of the first record that is not whole, or `nil` when all are.
    static func firstTornRecord(in block: UnsafeRawBufferPointer) -> Int? {
        var offset = 0
        while offset + headerSize <= block.count {
            let rest = UnsafeRawBufferPointer(rebasing: block[offset...])
            let length = Int(rest[4]) | Int(rest[5]) << 8
            guard 1...4 ~= rest[6], headerSize + length <= rest.count,
                isWhole(rest, types: rest[6]...rest[6], lengths: length...length)
            else { return offset }
            offset += headerSize + length
        }
        // What is left at the end of a block is too short for a header, and zero.
        return block.count < blockSize && offset < block.count ? offset : nil
    }

    /// Whether the checksum at the start of `record` is that of contents of one of the types and lengths.
    private static func isWhole(
        _ record: UnsafeRawBufferPointer,
        types: ClosedRange<UInt8>,
        lengths: ClosedRange<Int>
    ) -> Bool {
        let masked = UInt32(littleEndian: record.loadUnaligned(as: UInt32.self)) &- 0xA282_EAD8
        let expected = masked >> 17 | masked << 15
        for type in types {
            var checksum = CRC32C()
            checksum.update(type)
            for length in 0...lengths.upperBound {
                if length >= lengths.lowerBound, checksum.value == expected { return true }
                if length < lengths.upperBound { checksum.update(record[headerSize + length]) }
            }
        }
        return false
    }
}

/// CRC-32C (Castagnoli; RFC 3720, appendix B.4), a byte at a time.
struct CRC32C {
    private static let table: [UInt32] = (0..<256).map { byte in
        var word = UInt32(byte)
        for _ in 0..<8 {
            let divides = word & 1 == 1
            word >>= 1
            if divides { word ^= 0x82F6_3B78 }
        }
        return word
    }

    private var state: UInt32 = .max

    /// The checksum of the bytes so far.
    var value: UInt32 { ~state }

    /// Adds a byte.
    mutating func update(_ byte: UInt8) {
        let index = UInt8(truncatingIfNeeded: state) ^ byte
        state = Self.table[Int(index)] ^ (state >> 8)
    }
}
