// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import Testing

@Suite("A sealed body")
struct SealedBodyTests {
    let fixture: Fixture

    init() throws { fixture = try Fixture() }

    @Test("opens to what was sealed", arguments: [0, 1, 2, 15, 16, 17, 2048, 1 << 20])
    func roundTrip(size: Int) throws {
        let data = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let value = try fixture.sealedBody(data)
        #expect(value.count == size + 37)
        #expect(RecordHeader(of: value)?.expires == UnixTime(seconds: 88))
        #expect(try fixture.openBody(value).value == data)
    }

    @Test("is rejected with any one byte changed", arguments: [0, 1, 300])
    func flippedBytes(size: Int) throws {
        let value = try fixture.sealedBody([UInt8](repeating: 0x61, count: size))
        for position in value.indices {
            for mask: UInt8 in [0x01, 0x80, 0xFF] {
                var altered = value
                altered[position] ^= mask
                let rejection = try fixture.openBody(altered).rejection
                #expect(rejection == (position == 0 ? .unknownFormat : .notAuthentic), "byte \(position)")
            }
        }
    }

    @Test("is rejected at each shorter length, and with bytes behind it")
    func otherLengths() throws {
        let value = try fixture.sealedBody([UInt8](repeating: 0x61, count: 100))
        for length in 0..<value.count {
            let rejection = try fixture.openBody(Array(value.prefix(length))).rejection
            #expect(rejection == (length < 37 ? .truncated : .notAuthentic), "length \(length)")
        }
        #expect(try fixture.openBody(value + [0]).rejection == .notAuthentic)
    }

    @Test("that is plain text is rejected")
    func plainText() throws {
        let text = Array(#"user|a:1:{s:4:"name";s:5:"Alice";}"#.utf8)
        #expect(try fixture.openBody(text).rejection == .unknownFormat)
        #expect(try fixture.openBody([1] + text + text).rejection == .notAuthentic)
    }

    @Test("is rejected at another address, though the key be the same")
    func anotherAddress() throws {
        let value = try fixture.sealedBody([1, 2, 3])
        let other = try fixture.sealer.address(of: makeReference("PHPSESSID", "another"))
        let opened = try fixture.sealer.openBody(
            value,
            at: other,
            version: 11,
            expires: UnixTime(seconds: 88),
            with: fixture.bodyKey
        )
        #expect(opened.rejection == .notAuthentic)
    }

    @Test("of an older version is rejected under newer metadata")
    func olderVersion() throws {
        let value = try fixture.sealedBody([1, 2, 3], version: 10)
        #expect(try fixture.openBody(value, version: 11).rejection == .notAuthentic)
        #expect(try fixture.openBody(value, version: 10).value == [1, 2, 3])
    }

    @Test("with another expiry than the metadata says is rejected, though the header be authentic in no other way")
    func anotherExpiry() throws {
        let value = try fixture.sealedBody([1, 2, 3], expires: 89)
        #expect(try fixture.openBody(value, expires: 88).rejection == .notAuthentic)
        // A touch moves the header without the id.
        let moved = RecordHeader(expires: UnixTime(seconds: 90)).bytes + value.dropFirst(RecordHeader.length)
        #expect(try fixture.openBody(moved, expires: 90).value == [1, 2, 3])
    }

    @Test("is rejected with another id, another name or another data key")
    func anotherReference() throws {
        let value = try fixture.sealedBody([1, 2, 3])
        let keys = [
            try fixture.sealer.bodyKey(for: makeReference("PHPSESSID", "another"), dataKey: fixture.dataKey),
            try fixture.sealer.bodyKey(
                for: makeReference("OTHER", "5o3dg7q1r7b2n4kq8v1c6m9t0a"),
                dataKey: fixture.dataKey
            ),
            try fixture.sealer.bodyKey(for: fixture.reference, dataKey: DataKey.random()),
        ]
        for key in keys {
            let opened = try fixture.sealer.openBody(
                value,
                at: fixture.address,
                version: 11,
                expires: UnixTime(seconds: 88),
                with: key
            )
            #expect(opened.rejection == .notAuthentic)
        }
    }
}
