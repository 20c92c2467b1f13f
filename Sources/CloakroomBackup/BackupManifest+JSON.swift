// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension BackupManifest {
    /// The text of the file: one line of JSON, with the fields in the order of their names.
    public func text() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(Written(self))) + [UInt8(ascii: "\n")]
    }

    /// The text of the file with the hash of a manifest's text.
    ///
    /// - Throws: `CryptoError` when OpenSSL cannot hash.
    public static func hashText(of text: [UInt8]) throws -> [UInt8] {
        Array("\(try SHA256Hash.digits(of: text))  \(fileName)\n".utf8)
    }

    /// Reads the text of a file.
    ///
    /// - Throws: ``BackupError`` of code `format` for a manifest of another format, `damaged` for what is none.
    public init(text: [UInt8]) throws {
        guard text.count <= Self.maximumLength else {
            throw Self.damaged("has \(text.count) bytes, and none is so long")
        }
        if let format = try? JSONDecoder().decode(Format.self, from: Data(text)), format.format != Self.format {
            throw BackupError(
                .format,
                "\(Self.fileName) is of format \(format.format), and this version reads format \(Self.format): use the "
                    + "cloakroomctl of the version that made the backup, or a newer one"
            )
        }
        guard let written = try? JSONDecoder().decode(Written.self, from: Data(text)) else {
            throw Self.damaged("cannot be read as a manifest")
        }
        let manifest = try Self(written)
        // No field that is not known, none twice, nothing in another order.
        guard try manifest.text() == text else { throw Self.damaged("is not written as manifests are") }
        self = manifest
    }

    private init(_ written: Written) throws {
        guard let created = UTCTime(name: written.created) else {
            throw Self.damaged("has a time that is none, \"\(written.created)\"")
        }
        self.init(created: created, version: written.version, pools: try written.pools.map { try Pool($0) })
        guard !pools.isEmpty, Self.isAscending(pools.map(\.name)) else {
            throw Self.damaged("has no pools, or has them in another order")
        }
    }

    static func isAscending(_ values: [some Comparable]) -> Bool {
        zip(values, values.dropFirst()).allSatisfy { $0 < $1 }
    }

    static func isHexadecimal(_ text: String, digits: Int) -> Bool {
        text.utf8.count == digits
            && text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }

    static func damaged(_ what: String) -> BackupError { BackupError(.damaged, "\(fileName) \(what)") }
}

extension BackupManifest.Pool {
    fileprivate init(_ written: WrittenPool) throws {
        guard let name = PoolName(written.pool) else {
            throw BackupManifest.damaged("has a pool whose name is none, \"\(written.pool)\"")
        }
        self.init(name: name, keys: written.keys, sessions: written.sessions, files: written.files)
        guard keys.allSatisfy({ BackupManifest.isHexadecimal($0, digits: 16) }), BackupManifest.isAscending(keys) else {
            throw BackupManifest.damaged("has keys of pool \(name) that are none, or in another order")
        }
        guard sessions ?? 0 >= 0 else { throw BackupManifest.damaged("has a number of sessions that is none") }
        for file in files {
            // No sum of sizes can overflow: a manifest of the greatest length has less than 2^20 files.
            guard StoreFileName.isValid(file.name), (0..<1 << 42).contains(file.size),
                BackupManifest.isHexadecimal(file.sha256, digits: SHA256Hash.digits)
            else { throw BackupManifest.damaged("has a file that is none of a store, \"\(file.name)\"") }
        }
        let names = files.map(\.name)
        guard BackupManifest.isAscending(names), names.contains("CURRENT") else {
            throw BackupManifest.damaged("has files of pool \(name) twice, in another order, or without CURRENT")
        }
    }
}

/// The manifest as it stands in the file.
private struct Written: Codable {
    let format: Int
    let created: String
    let version: String
    let pools: [WrittenPool]

    init(_ manifest: BackupManifest) {
        format = BackupManifest.format
        created = manifest.created.name
        version = manifest.version
        pools = manifest.pools.map {
            WrittenPool(pool: $0.name.text, keys: $0.keys, sessions: $0.sessions, files: $0.files)
        }
    }
}

private struct WrittenPool: Codable {
    let pool: String
    let keys: [String]
    let sessions: Int?
    let files: [BackupManifest.File]
}

/// What can be read of a manifest of any format.
private struct Format: Decodable {
    let format: Int
}
