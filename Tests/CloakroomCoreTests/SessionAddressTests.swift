// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Testing

@Suite struct SessionAddressTests {
    @Test func bytesComeBackInOrder() throws {
        let bytes = (0..<32).map { UInt8($0 * 8 + 1 & 0xff) }
        let address = try #require(SessionAddress(bytes))
        #expect(address.bytes == bytes)
        #expect(address == SessionAddress(bytes))
        #expect(SessionAddress(bytes.reversed()) != address)
    }

    @Test func otherLengthsAreRefused() {
        #expect(SessionAddress([UInt8](repeating: 0, count: 31)) == nil)
        #expect(SessionAddress([UInt8](repeating: 0, count: 33)) == nil)
    }

    @Test func tagIsTheFirstSixBytes() throws {
        #expect(try #require(SessionAddress([0, 1, 2, 0xab, 0xcd, 0xef] + [UInt8](repeating: 9, count: 26))).tag == "000102abcdef")
        #expect(try #require(SessionAddress([UInt8](repeating: 0, count: 32))).description == "000000000000")
    }
}
