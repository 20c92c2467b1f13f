// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Testing

@Suite struct SessionIDTests {
    @Test(arguments: ["a", "Z", "0", ",", "-", String(repeating: "a", count: 256)])
    func idOfAllowedCharactersIsTaken(_ id: String) {
        #expect(SessionID(id.utf8)?.bytes == Array(id.utf8))
    }

    @Test(arguments: ["", " ", "a b", "a/b", "..", "a\0", "ä", "a_b", "a=b", String(repeating: "a", count: 257)])
    func otherIDIsRefused(_ id: String) {
        #expect(SessionID(id.utf8) == nil)
    }

    @Test func everyByteIsEitherAllowedByPHPOrRefused() {
        let allowed = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789,-".utf8)
        for byte in UInt8.min...UInt8.max {
            #expect((SessionID([byte]) != nil) == allowed.contains(byte), "byte \(byte)")
        }
    }

    @Test func idDoesNotPrint() throws {
        let id = try #require(SessionID("secret".utf8))
        var dumped = ""
        dump(id, to: &dumped)
        #expect("\(id)" == "<session id>")
        #expect(String(reflecting: id) == "<session id>")
        #expect("\([id])" == "[<session id>]")
        #expect(!dumped.contains("115"))
        #expect(!dumped.contains("secret"))
    }
}
