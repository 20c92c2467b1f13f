// SPDX-License-Identifier: Apache-2.0

import CloakroomCrypto
import Testing

@Suite("The text of a keyring")
struct KeyringTextTests {
    private static let base64 = MasterKeyTests.base64
    private static let hexadecimal = String(repeating: "12", count: 32)

    init() throws { try SecureHeap.prepare() }

    private func decode(_ text: String) throws -> KeyringText.Outcome { try decode(Array(text.utf8)) }

    private func decode(_ contents: [UInt8]) throws -> KeyringText.Outcome {
        try KeyringText.decode(SecureBytes(copying: contents))
    }

    private func keys(_ contents: [UInt8]) throws -> [KeyID] {
        guard case .decoded(let keys) = try decode(contents) else { return [] }
        return keys.map(\.id)
    }

    private func refusal(_ text: String) throws -> KeyringText.Refusal? {
        guard case .refused(let refusal) = try decode(text) else { return nil }
        return refusal
    }

    private static func id(_ bytes: [UInt8]) throws -> KeyID { try MasterKey(SecureBytes(copying: bytes)).id }

    static let texts: [String] = [
        "\(base64)\n\(hexadecimal)\n",
        "\(base64)\n\(hexadecimal)",
        "\(base64)\r\n\(hexadecimal)\r\n",
        "# the new key\n\n \t\(base64) \n   # the old one\n\n\(hexadecimal)\n\n#",
        "#\(hexadecimal)\n\(base64)\n\(hexadecimal)\n#\(base64)",
    ]

    @Test("has a key in each line, in their order; empty lines and comments are left out", arguments: texts)
    func lines(text: String) throws {
        #expect(
            try keys(Array(text.utf8))
                == [Self.id(MasterKeyTests.bytes), Self.id([UInt8](repeating: 0x12, count: 32))]
        )
    }

    @Test("may have one key in any form")
    func oneKey() throws {
        let id = try Self.id(MasterKeyTests.bytes)
        #expect(try keys(MasterKeyTests.bytes) == [id])
        for text in MasterKeyTests.acceptedTexts { #expect(try keys(Array(text.0.utf8)) == [id]) }
        // 32 bytes are a raw key, whatever they look like.
        let comment = Array(("# " + String(repeating: "x", count: 30)).utf8)
        #expect(try keys(comment) == [Self.id(comment)])
    }

    @Test("has no raw keys among its lines")
    func rawInALine() throws {
        let raw = String(repeating: "k", count: 32)
        #expect(try refusal("\(raw)\n") == .line(1, .length(32)))
        #expect(try refusal("\(Self.base64)\n\(raw)") == .line(2, .length(32)))
    }

    @Test("is refused with the number of the line that is not a key")
    func refusals() throws {
        #expect(try refusal("\n \n# nothing\n") == .empty)
        #expect(try refusal("\(Self.base64)\n\nabc\nabcd\n") == .line(3, .length(3)))
        #expect(try refusal("\(Self.base64) # new\n") == .line(1, .length(50)))
        #expect(try refusal("\(Self.base64) \(Self.hexadecimal)\n") == .line(1, .length(109)))
        #expect(try refusal(Self.base64.replacing("C", with: "\n")) == .line(1, .length(4)))
        #expect(try refusal("#\n\(Self.base64.replacing("js=", with: "jt="))") == .line(2, .notBase64))
        #expect(
            try refusal("\(Self.hexadecimal)\n\(Self.hexadecimal.replacing("1", with: "g"))")
                == .line(2, .notHexadecimal)
        )
        #expect(try refusal("\(Self.base64)\n\(String(repeating: "0", count: 64))") == .zeros(2))
        #expect(try refusal("\(Self.base64)\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=") == .zeros(2))
    }

    @Test("has a limit")
    func limit() throws {
        let longest = Self.base64 + "\n#" + String(repeating: "x", count: KeyringText.maximumLength - 46)
        #expect(try keys(Array(longest.utf8)).count == 1)
        #expect(try refusal(longest + "x") == .tooLong(4097))
    }

    @Test("says what is wrong with it, and never shows it")
    func messages() {
        let advice = MasterKeyText.Refusal.length(3).description
        #expect(KeyringText.Refusal.line(7, .length(3)).description == "line 7: " + advice)
        #expect(KeyringText.Refusal.empty.description == MasterKeyText.Refusal.empty.description)
        #expect(
            KeyringText.Refusal.tooLong(5000).description
                == "5000 bytes are too many for keys, which may have 4096"
        )
        #expect(
            KeyringText.Refusal.zeros(2).description
                == "line 2: the master key is all zeros, which everybody can guess: make one with `openssl rand -base64 32`"
        )
    }
}
