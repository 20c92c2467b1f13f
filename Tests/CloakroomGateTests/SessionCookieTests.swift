// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
@testable import CloakroomGate
import Foundation
import Testing

@Suite struct SessionCookieTests {
    /// A header, and what PHP-FPM read from it (`cookies.py`).
    private struct Vector: Decodable, CustomStringConvertible {
        let name: String
        let start: String
        let times: Int
        let rest: String
        let cookie: Cookie

        enum Cookie: Decodable {
            case word(String)
            case value(String)

            init(from decoder: any Decoder) throws {
                if let word = try? decoder.singleValueContainer().decode(String.self) {
                    self = .word(word)
                } else {
                    self = .value(try decoder.singleValueContainer().decode([String: String].self)["value"] ?? "")
                }
            }
        }

        var description: String { "\(name): \(start.debugDescription) * \(times) + \(rest.debugDescription)" }

        var header: [UInt8] {
            // Each character is a byte.
            [String](repeating: start, count: times).joined().unicodeScalars.map { UInt8($0.value) }
                + rest.unicodeScalars.map { UInt8($0.value) }
        }

        var expected: SessionCookie.Reading? {
            switch cookie {
            case .word("absent"): .absent
            case .word("array"): .array
            case .word: nil
            case .value(let digits):
                .value(
                    stride(from: 0, to: digits.utf8.count, by: 2).compactMap {
                        UInt8(digits.dropFirst($0).prefix(2), radix: 16)
                    }
                )
            }
        }
    }

    @Test func isReadAsPHPReadsIt() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Vectors/cookies.json")
        let vectors = try JSONDecoder().decode([Vector].self, from: Data(contentsOf: file))
        #expect(vectors.count > 700)
        for vector in vectors {
            let name = try #require(SessionName(Array(vector.name.utf8)))
            #expect(SessionCookie(header: vector.header, name: name).reading == vector.expected, "\(vector)")
        }
    }

    /// With `max_input_vars` or `max_input_nesting_level` of other values PHP would read `b`, or `a`.
    @Test(arguments: [
        ("PHPSESSID=a; ", "PHPSESSID", 65, "=; PHPSESSID=b"), ("PHPSESSID=a; ", "PHPSESSID", 1, "=; PHPSESSID=b"),
        ("PHPSESSID=a" + String(repeating: "; x", count: 1000) + "; ", "PHPSESSID", 65, "=; PHPSESSID=b"),
        ("", "PHPSESSID", 65, "=; PHPSESSID=b"),
    ])
    func whatAnotherPHPReadsOtherwiseOpensNothing(before: String, name: String, depth: Int, behind: String) throws {
        let header = before + name + String(repeating: "[k]", count: depth) + behind
        let cookie = SessionCookie(header: Array(header.utf8), name: try #require(SessionName(Array(name.utf8))))
        #expect(cookie.isContested)
        #expect(Requests.answer(["HTTP_COOKIE": header])?.reason == "bad-session-id")
    }

    @Test func otherArraysDoNotMatter() throws {
        #expect(Requests.check(["HTTP_COOKIE": "x[a]=1; PHPSESSID=a; PHPSESSID2[]=1; PHPSESSID[=c"]) != nil)
    }

    @Test func takesNamesThatPHPCanFind() {
        for name in ["PHPSESSID", "a", "__Host-SID", "SESS_1", "1a", "-"] {
            #expect(SessionCookie.name(Array(name.utf8)) != nil)
        }
        for name in ["", "1", "42", "a.b", "a b", "a[b", "a=b", "a;b", "a%41", "a\"b", "ä", "a\0", "a\r\n"] {
            #expect(SessionCookie.name(Array(name.utf8)) == nil, "\(name)")
        }
        #expect(SessionCookie.name(Array(repeating: 97, count: 255)) != nil)
        #expect(SessionCookie.name(Array(repeating: 97, count: 256)) == nil)
    }

    @Test(arguments: ["a=b; ", "[", "PHPSESSID[", "PHPSESSID[]", ";", "%41", "=", " ", "\u{1}"])
    func readsMegabytesInOnePass(piece: String) throws {
        let name = try #require(SessionName(Array("PHPSESSID".utf8)))
        let header = Array(String(repeating: piece, count: (1 << 20) / piece.utf8.count).utf8)
        // In quadratic time this would not end.
        #expect(SessionCookie(header: header, name: name).reading != .value(header))
    }
}
