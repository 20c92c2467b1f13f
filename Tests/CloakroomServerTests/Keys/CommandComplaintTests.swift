// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CloakroomServer

@Suite struct CommandComplaintTests {
    private func excerpt(_ text: String) -> String? { excerpt(Array(text.utf8)) }

    private func excerpt(_ bytes: [UInt8]) -> String? { bytes.withUnsafeBytes { CommandComplaint.excerpt(of: $0) } }

    @Test(arguments: [
        ("gpg: decryption failed: No secret key\n", "gpg: decryption failed: No secret key"),
        ("\u{1B}[31mred\u{1B}[0m\r\n\tcold\u{202E}", "[31mred [0m cold"),
        ("schlüssel fehlt „a“", "schlüssel fehlt „a“"),
        ("123456789012345 ABCDEFGHIJKLMNO", "123456789012345 ABCDEFGHIJKLMNO"),
        ("x ABCDEFGHIJKLMNOP y", "x […] y"),
        ("key=+//+CiAhIiMkJSYnKCkqKywtLi8wMTIzNDU2Nzg5Ojs=!", "[…]!"),
        ("key: -__-CiAhIiMkJSYnKCkq.", "key: […]."),
        ("bytes 01 23 45 67 89 ab cd ef END", "bytes […]"),
        ("bytes 0x01, 0x23, 0x45, 0x67, 0x89\nend", "bytes […] end"),
        ("at 12:30 no bad face", "at 12:30 no bad face"),
        ("00000000: 6d79 6b65 790a 6d79 6b65  my.key\n00000010: 6d79 6b65 790a 6d79 6b65  my.key\n", "[…]"),
    ])
    func whatCouldBeAKeyIsLeftOut(text: String, shown: String) {
        #expect(excerpt(text) == shown)
    }

    @Test func nothingIsShownOfNothingAndOfWhatIsNotText() {
        #expect(excerpt("") == nil)
        #expect(excerpt(" \n") == nil)
        #expect(excerpt([0x41, 0x42, 0xFB, 0xFF]) == "something that is not text")
    }

    @Test func longTextIsCut() throws {
        let shown = try #require(excerpt(String(repeating: "go on. ", count: 500)))
        #expect(shown.count == 200)
        #expect(shown.hasSuffix("…"))
        #expect(excerpt(String(repeating: "z. ", count: 66))?.count == 197)
    }

    /// A key stands where what is read of it may end, after text that takes no room.
    @Test func keyThatIsReadInPartIsNotShown() throws {
        let key = "+//+CiAhIiMkJSYnKCkqKywtLi8wMTIzNDU2Nzg5Ojs="
        for length in 4040...4097 {
            let text = "begin" + String(repeating: "\n", count: length - 5) + key
            let shown = try #require(excerpt(Array(text.utf8.prefix(4097))))
            #expect(!shown.contains("+//"))
            // The end of the text may also be in the middle of a character.
            let characters = Array(("é" + String(repeating: "\n", count: length - 5) + "ééé").utf8.prefix(4097))
            #expect(excerpt(characters)?.hasPrefix("é") == true)
        }
    }
}
