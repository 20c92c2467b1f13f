// SPDX-License-Identifier: Apache-2.0

import Foundation

/// `Tests/Vectors/record-format.json`; bytes are hexadecimal digits.
struct RecordFormatVectors: Decodable {
    struct Vector: Decodable {
        let title: String
        let inputs: Inputs
        let outputs: Outputs
    }

    struct Inputs: Decodable {
        let masterKey: String
        let sessionName: String
        let sessionId: String
        let dataKey: String
        let body: String
        let version: UInt64
        let writeToken: UInt64
        let created: UInt64
        let lastSeen: UInt64
        let lifetime: UInt64
        let deadline: UInt64
        let expirySlot: UInt64
        let bodyExpires: UInt64
        let retired: UInt64
        let successor: String
        let tokenFamily: String
        let bindingVersion: UInt8
        let bindingPrefix: UInt8
        let bindingNetwork: String
        let bindingFamily: String
        let bindingAgent: String
        let identified: UInt64
        let user: String
    }

    struct Outputs: Decodable {
        let keyId: String
        let wrappedAddressKey: String
        let reference: String
        let address: String
        let group: String
        let metadataKey: String
        let bodyKey: String
        let metadata: String
        let body: String
    }

    /// A family of tokens.
    struct Family: Decodable {
        let title: String
        let inputs: FamilyInputs
        let outputs: FamilyOutputs
    }

    struct FamilyInputs: Decodable {
        let masterKey: String
        let token: String
        let previous: String
        let created: UInt64
        let deadline: UInt64
        let replaced: UInt64
        let bindingVersion: UInt8
        let bindingPrefix: UInt8
        let bindingNetwork: String
        let bindingFamily: String
        let bindingAgent: String
        let user: String
    }

    struct FamilyOutputs: Decodable {
        let wrappedAddressKey: String
        let address: String
        let group: String
        let digest: String
        let record: String
    }

    let format: Int
    let families: [Family]
    let cases: [Vector]
    let otherPool: Vector

    static let directory = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Vectors")
    static let path = directory.appendingPathComponent("record-format.json").path

    static func load() throws -> RecordFormatVectors {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(RecordFormatVectors.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    }
}
