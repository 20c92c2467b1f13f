// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Testing

@Suite struct RecordHeaderTests {
    @Test func headerComesBack() {
        let header = RecordHeader(expires: UnixTime(seconds: 0x0102_0304_0506_0708))
        #expect(header.bytes == [1, 1, 2, 3, 4, 5, 6, 7, 8])
        #expect(RecordHeader(of: header.bytes + [42]) == header)
    }

    @Test func otherFormatAndShortValueAreRefused() {
        #expect(RecordHeader(of: [2, 1, 2, 3, 4, 5, 6, 7, 8]) == nil)
        #expect(RecordHeader(of: [1, 1, 2, 3, 4, 5, 6, 7]) == nil)
        #expect(RecordHeader(of: []) == nil)
    }

    @Test func timesDoNotOverflow() {
        #expect(UnixTime(seconds: .max).advanced(by: 5) == UnixTime(seconds: .max))
    }
}
