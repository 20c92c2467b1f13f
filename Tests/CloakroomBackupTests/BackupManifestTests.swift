// SPDX-License-Identifier: Apache-2.0

import CloakroomBackup
import Foundation
import Testing

/// The vectors of docs/backup.md, which another implementation wrote.
@Suite struct BackupManifestTests {
    private struct Vectors: Decodable {
        struct Accepted: Decodable {
            let text: String
            let hash: String
        }

        let accepted: [String: Accepted]
        let refused: [String: [String]]
    }

    private let vectors: Vectors

    init() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Vectors/backup-manifest.json")
        vectors = try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: file))
    }

    @Test func manifestsAreReadAndWrittenAsTheVectorsSay() throws {
        #expect(vectors.accepted.count == 5)
        for (name, vector) in vectors.accepted {
            let text = try #require(bytes(vector.text), "\(name)")
            #expect(try BackupManifest(text: text).text() == text, "\(name)")
            #expect(try BackupManifest.hashText(of: text) == bytes(vector.hash), "\(name)")
        }
    }

    @Test func whatIsNoManifestIsRefused() throws {
        #expect(vectors.refused.count == 26)
        for (name, vector) in vectors.refused {
            let text = try #require(bytes(vector[1]), "\(name)")
            let error = #expect(throws: BackupError.self, "\(name)") { try BackupManifest(text: text) }
            #expect(error?.code == (vector[0] == "format" ? .format : .damaged), "\(name): \(error?.message ?? "")")
        }
    }

    @Test func everyByteOfAManifestCounts() throws {
        let text = try #require(bytes(vectors.accepted["two pools"]?.text ?? ""))
        let hash = try BackupManifest.hashText(of: text)
        for index in text.indices {
            var changed = text
            changed[index] ^= 1
            #expect(try BackupManifest.hashText(of: changed) != hash, "byte \(index)")
        }
    }

    private func bytes(_ hex: String) -> [UInt8]? {
        let digits = Array(hex.utf8)
        return stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(decoding: digits[$0..<min($0 + 2, digits.count)], as: UTF8.self), radix: 16)
        }
    }
}
