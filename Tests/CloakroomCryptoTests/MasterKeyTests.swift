// SPDX-License-Identifier: Apache-2.0

import CloakroomCrypto
import Testing

@Suite("A master key")
struct MasterKeyTests {
    // Has '+' and '/' in base64, and letters in both forms.
    static let bytes: [UInt8] = [0xFB, 0xFF, 0xFE, 0x0A] + (0x20..<0x3C).map { UInt8($0) }
    static let base64 = "+//+CiAhIiMkJSYnKCkqKywtLi8wMTIzNDU2Nzg5Ojs="
    static let hexadecimal = bytes.hexadecimal

    init() throws { try SecureHeap.prepare() }

    private func parse(_ contents: [UInt8]) throws -> MasterKey {
        try MasterKey(contents: SecureBytes(copying: contents))
    }

    private func decode(_ contents: [UInt8]) -> (MasterKeyText.Outcome, [UInt8]) {
        var key = [UInt8](repeating: 0, count: MasterKey.length)
        let outcome = contents.withUnsafeBytes { contents in
            key.withUnsafeMutableBytes { MasterKeyText.decode(contents, into: $0) }
        }
        return (outcome, key)
    }

    static let acceptedTexts: [(String, MasterKeyText.Form)] = [
        (base64, .base64),
        (base64 + "\n", .base64),
        (base64 + "\r\n", .base64),
        (" \t\n" + base64 + " \n\n", .base64),
        (hexadecimal, .hexadecimal),
        (hexadecimal.uppercased(), .hexadecimal),
        (hexadecimal + "\n", .hexadecimal),
    ]

    @Test("is read as base64 or hexadecimal digits, with space around them", arguments: acceptedTexts)
    func acceptedText(text: String, form: MasterKeyText.Form) throws {
        try expectKey(in: Array(text.utf8), form)
    }

    @Test("is read as raw bytes")
    func acceptedBytes() throws {
        try expectKey(in: Self.bytes, .raw)
    }

    private func expectKey(in contents: [UInt8], _ form: MasterKeyText.Form) throws {
        let (outcome, key) = decode(contents)
        #expect(outcome == .decoded(form))
        #expect(key == Self.bytes)
        #expect(try parse(contents).id == MasterKey(SecureBytes(copying: Self.bytes)).id)
    }

    @Test("of 32 raw bytes is not trimmed")
    func rawIsNotTrimmed() {
        let spaces = [UInt8](repeating: 0x0A, count: 31) + [0x20]
        let (outcome, key) = decode(spaces)
        #expect(outcome == .decoded(.raw))
        #expect(key == spaces)
    }

    static let otherTexts: [(String, MasterKeyText.Refusal)] = [
        (" \r\n\t", .empty),
        (String(base64.dropLast()), .length(43)),
        (base64 + "=", .length(45)),
        (base64.replacing("+", with: "-").replacing("/", with: "_"), .notBase64),
        (base64.replacing("=", with: "A"), .notBase64),
        (base64.replacing("C", with: "="), .notBase64),
        (base64.replacing("C", with: " "), .notBase64),
        (base64.replacing("C", with: "\0"), .notBase64),
        // The same key with a spare bit set: a second text for one key.
        (base64.replacing("js=", with: "jt="), .notBase64),
        (String(hexadecimal.dropLast()), .length(63)),
        (hexadecimal + "0", .length(65)),
        (hexadecimal.replacing("f", with: "g"), .notHexadecimal),
        ("0x" + hexadecimal.dropFirst(2), .notHexadecimal),
    ]

    static let otherBytes: [([UInt8], MasterKeyText.Refusal)] = [
        ([], .empty),
        (Array(bytes.dropLast()), .length(31)),
        (bytes + [0x0A], .length(32)),
        (bytes + [0x41], .length(33)),
        (bytes + bytes, .notHexadecimal),
        ([UInt8](repeating: 0x61, count: 100_000), .length(100_000)),
    ]

    @Test("is refused as any other text", arguments: otherTexts)
    func refusedText(text: String, refusal: MasterKeyText.Refusal) {
        expectRefusal(of: Array(text.utf8), refusal)
    }

    @Test("is refused as any other bytes", arguments: otherBytes)
    func refusedBytes(contents: [UInt8], refusal: MasterKeyText.Refusal) {
        expectRefusal(of: contents, refusal)
    }

    private func expectRefusal(of contents: [UInt8], _ refusal: MasterKeyText.Refusal) {
        let (outcome, key) = decode(contents)
        #expect(outcome == .refused(refusal))
        #expect(key.allSatisfy { $0 == 0 }, "nothing of a refused text is left")
        let error = contents.withUnsafeBytes { contents in
            #expect(throws: CryptoError.self) { try MasterKey(contents: contents) }
        }
        #expect(error?.code == .key)
        #expect(error?.message == refusal.description)
    }

    @Test("of zeros is refused in each form")
    func zeros() throws {
        let texts = ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", String(repeating: "0", count: 64)]
        for contents in texts.map({ Array($0.utf8) }) + [[UInt8](repeating: 0, count: 32)] {
            let error = #expect(throws: CryptoError.self) { try parse(contents) }
            #expect(error?.code == .key)
            #expect(
                error?.message
                    == "the master key is all zeros, which everybody can guess: make one with `openssl rand -base64 32`"
            )
        }
    }

    @Test("of another length is refused", arguments: [1, 31, 33, 64])
    func otherLengths(count: Int) throws {
        let bytes = try SecureBytes.random(count: count)
        let error = #expect(throws: CryptoError.self) { try MasterKey(bytes) }
        #expect(error?.code == .key)
        #expect(
            error?.message == "a master key is 32 bytes, not \(count): make one with `openssl rand -base64 32`"
        )
    }

    @Test("refusals say what was found and what to do")
    func messages() {
        let advice =
            "; a master key is 32 bytes, as base64, as hexadecimal digits or raw: make one with `openssl rand -base64 32`"
        #expect(MasterKeyText.Refusal.empty.description == "there is no key" + advice)
        #expect(MasterKeyText.Refusal.length(43).description == "43 characters are not a key" + advice)
        #expect(
            MasterKeyText.Refusal.length(32).description
                == "these are 32 characters with spaces or a line end around them, and a raw key has nothing around it"
                + advice
        )
        #expect(
            MasterKeyText.Refusal.notBase64.description == "these 44 characters are not base64 of 32 bytes" + advice
        )
        #expect(
            MasterKeyText.Refusal.notHexadecimal.description
                == "these 64 characters are not all hexadecimal digits" + advice
        )
    }

    @Test("survives any input: random bytes of each length up to 200")
    func anyInput() {
        var generator = SystemRandomNumberGenerator()
        for length in 0...200 {
            let contents = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            let (outcome, key) = decode(contents)
            #expect((outcome == .decoded(.raw)) == (length == 32))
            #expect(length == 32 || key.allSatisfy { $0 == 0 })
        }
    }
}
