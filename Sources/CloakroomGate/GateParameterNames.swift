// SPDX-License-Identifier: Apache-2.0

/// Tells which parameter a name is.
enum GateParameterNames {
    /// Names by their length, as few are equally long.
    private static let byLength: [[(name: [UInt8], parameter: GateParameter)]] = {
        let longest = GateParameter.allCases.map(\.name.utf8.count).max() ?? 0
        var table = Array(repeating: [(name: [UInt8], parameter: GateParameter)](), count: longest + 1)
        for parameter in GateParameter.allCases {
            table[parameter.name.utf8.count].append((Array(parameter.name.utf8), parameter))
        }
        return table
    }()

    private static let prefix = Array("CLOAKROOM_".utf8)

    /// Names of Cloakroom that may stand beside those of the gate: what the PHP client reads, and what the gate itself has answered to an earlier
    /// question of the same request.
    private static let others: Set<[UInt8]> = Set(
        [
            "SOCKET", "STRICT", "COOKIES", "READ_ONLY", "USER", "SESSION", "AGE", "IDLE", "REMAINING", "AUTH_AGE",
            "REASON",
        ]
        .map { Array("CLOAKROOM_\($0)".utf8) }
    )

    /// The parameter of that name; `nil`: it does not matter.
    static func parameter(_ name: UnsafeRawBufferPointer) -> GateParameter? {
        guard name.count < byLength.count else { return nil }
        return byLength[name.count].first { $0.name.elementsEqual(name) }?.parameter
    }

    /// Whether a name that is no parameter's begins as they do: a misspelt one must not open what it was to close.
    static func isMistaken(_ name: UnsafeRawBufferPointer) -> Bool {
        name.count >= prefix.count && name.prefix(prefix.count).elementsEqual(prefix) && !others.contains(Array(name))
    }
}
