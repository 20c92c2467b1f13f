// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Testing

@Suite struct SessionReferenceTests {
    @Test func referencesThatShareAConcatenationHaveDifferentEncodings() throws {
        let first = SessionReference(
            name: try #require(SessionName("AB".utf8)),
            id: try #require(SessionID("C".utf8))
        )
        let second = SessionReference(
            name: try #require(SessionName("A".utf8)),
            id: try #require(SessionID("BC".utf8))
        )
        #expect(first.encoded == [2, 65, 66, 67])
        #expect(first.encoded != second.encoded)
    }

    @Test func longestNameHasARoomForItsLength() throws {
        let name = try #require(SessionName(repeatElement(UInt8(ascii: "n"), count: 255)))
        let reference = SessionReference(name: name, id: try #require(SessionID("i".utf8)))
        #expect(reference.encoded.count == 257)
        #expect(reference.encoded.first == 255)
        #expect(SessionName(repeatElement(UInt8(ascii: "n"), count: 256)) == nil)
        #expect(SessionName([]) == nil)
    }

    @Test func referenceDoesNotPrint() throws {
        let reference = SessionReference(
            name: try #require(SessionName("PHPSESSID".utf8)),
            id: try #require(SessionID("secret".utf8))
        )
        var dumped = ""
        dump([reference], to: &dumped)
        for text in ["\(reference)", String(reflecting: reference), "\([reference])", dumped] {
            #expect(text.contains("<session>"))
            #expect(!text.contains("secret"))
            #expect(!text.contains("115"))
        }
    }
}
