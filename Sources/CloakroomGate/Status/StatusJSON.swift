// SPDX-License-Identifier: Apache-2.0

import CloakroomStatus

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The status as one JSON object: what the daemon says, and `gate`; without the daemon `gate` and `error`.
struct StatusJSON: Encodable {
    private enum CodingKeys: CodingKey {
        case gate
        case error
    }

    let status: GateStatus

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        switch status.daemon {
        case .answers(let snapshot): try snapshot.encode(to: encoder)
        case .away(let reason): try fields.encode(reason, forKey: .error)
        }
        try fields.encode(status.gate, forKey: .gate)
    }

    /// One line, with the fields in the order of their names.
    static func text(of status: GateStatus) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(StatusJSON(status: status)), as: UTF8.self) + "\n"
        } catch {
            preconditionFailure("integers and texts have a JSON form: \(error)")
        }
    }
}
