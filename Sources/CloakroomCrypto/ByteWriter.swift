// SPDX-License-Identifier: Apache-2.0

internal import CloakroomCore

/// Writes fields one behind the other into memory that someone else owns, which must have room for all.
struct ByteWriter {
    private let buffer: UnsafeMutableRawBufferPointer
    private var position = 0

    init(_ buffer: UnsafeMutableRawBufferPointer) { self.buffer = buffer }

    /// What was written.
    var written: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer[..<position]) }

    mutating func put(_ bytes: [UInt8]) { bytes.withUnsafeBytes { put($0) } }

    mutating func put(_ bytes: UnsafeRawBufferPointer) {
        UnsafeMutableRawBufferPointer(rebasing: buffer[position...]).copyMemory(from: bytes)
        position += bytes.count
    }

    /// Writes the eight bytes in big-endian order.
    mutating func put(_ number: UInt64) {
        buffer.storeBytes(of: number.bigEndian, toByteOffset: position, as: UInt64.self)
        position += 8
    }

    mutating func put(_ header: RecordHeader) {
        buffer[position] = RecordHeader.format
        position += 1
        put(header.expires.seconds)
    }

    mutating func put(_ id: KeyID) { put(id.word) }

    mutating func put(_ address: SessionAddress) { address.withUnsafeBytes { put($0) } }
}
