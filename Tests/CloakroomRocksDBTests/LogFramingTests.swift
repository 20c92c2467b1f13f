// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CloakroomRocksDB

@Suite("The framing of logs and manifests")
struct LogFramingTests {
    /// A record with the right checksum.
    private func record(type: UInt8 = 1, _ contents: [UInt8]) -> [UInt8] {
        var checksum = CRC32C()
        for byte in [type] + contents { checksum.update(byte) }
        let masked = (checksum.value >> 15 | checksum.value << 17) &+ 0xA282_EAD8
        let length = UInt16(contents.count)
        return (0..<4).map { UInt8(truncatingIfNeeded: masked >> (UInt32($0) * 8)) }
            + [UInt8(truncatingIfNeeded: length), UInt8(length >> 8), type] + contents
    }

    private func examine(_ block: [UInt8], manifest: Bool) -> LogFraming.Finding {
        block.withUnsafeBytes { LogFraming.examine($0, isManifest: manifest) }
    }

    @Test("the checksum is that of RFC 3720, appendix B.4")
    func checksum() {
        func value(_ bytes: some Sequence<UInt8>) -> UInt32 {
            var checksum = CRC32C()
            for byte in bytes { checksum.update(byte) }
            return checksum.value
        }
        #expect(value([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(value([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(value(0..<32) == 0x46DD_794E)
    }

    @Test("whole records are not damage", arguments: [false, true])
    func whole(_ manifest: Bool) {
        let records = record([1, 2, 3]) + record(type: 2, []) + record(type: 4, [5])
        #expect(examine(records, manifest: manifest) == .end)
        #expect(examine([], manifest: manifest) == .end)
        let full = record(type: 2, [UInt8](repeating: 9, count: LogFraming.blockSize - 7))
        #expect(examine(full, manifest: manifest) == .records)
    }

    @Test("a record that was cut short is not damage", arguments: [false, true])
    func torn(_ manifest: Bool) {
        let records = record([1, 2, 3]) + record([UInt8](repeating: 7, count: 300))
        for length in 0..<records.count { #expect(examine(Array(records.prefix(length)), manifest: manifest) == .end) }
    }

    @Test("a type of logs that are used again is damage", arguments: [false, true], [1, 2, 3, 4] as [UInt8])
    func reusedType(_ manifest: Bool, type: UInt8) {
        var damaged = record(type: type, [1, 2, 3])
        damaged[6] ^= 4
        #expect(examine(record([9]) + damaged + record([9]), manifest: manifest) == (type < 4 ? .damage(8) : .end))
    }

    @Test("a length beyond the end is damage in a manifest, where RocksDB says nothing")
    func length() {
        var damaged = record([1, 2, 3])
        damaged[5] = 0x40
        #expect(examine(record([9]) + damaged + record([9]), manifest: true) == .damage(8))
        #expect(examine(record([9]) + damaged, manifest: true) == .damage(8))
        #expect(examine(record([9]) + damaged, manifest: false) == .end)
    }
}
