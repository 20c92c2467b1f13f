// SPDX-License-Identifier: Apache-2.0

/// Something of which it is measured what it costs.
public struct Operation: Sendable {
    /// Does it so many times; throws when its outcome is not the expected one.
    public typealias Body = @Sendable (Int) async throws -> Void

    /// What it is called in tables and in `thresholds.json`.
    public let name: String
    private let makeBody: @Sendable () throws -> Body

    init(_ name: String, _ makeBody: @escaping @Sendable () throws -> Body) {
        self.name = name
        self.makeBody = makeBody
    }

    /// Makes all that the operation works on.
    ///
    /// - Throws: what the parts of the daemon throw.
    public func prepare() throws -> Body { try makeBody() }

    /// Each operation, in the order of a table.
    public static let all = frames + keys + baselines + sealing + locks + stores + sessions
}
