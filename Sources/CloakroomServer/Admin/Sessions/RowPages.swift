// SPDX-License-Identifier: Apache-2.0

/// Rows of an answer on their way to the client, in pages: a page is sent when it is full, or when the client has waited long enough.
final class RowPages<Row: Sendable> {
    /// Rows in a page, which take a quarter of a millisecond to become JSON. A row with the longest names takes two KiB, and a frame a
    /// MiB.
    private static var most: Int { 32 }
    /// The pause behind a page: what it takes to show it is work as well, on the processors that PHP has. With half a millisecond for twice
    /// as many rows, the slowest requests took twice their time.
    private static var rest: Duration { .milliseconds(2) }
    private static var patience: Duration { .milliseconds(100) }

    private let send: ([Row]) async throws -> Void
    private var rows: [Row] = []
    private var weight = 0
    private var sent = ContinuousClock.now
    /// How many rows were added.
    private(set) var count = 0

    /// - Parameter send: sends a page, and waits until the client has room for more.
    init(send: @escaping ([Row]) async throws -> Void) { self.send = send }

    /// Adds a row.
    ///
    /// - Parameter weight: as how many usual rows it counts.
    func add(_ row: Row, weight: Int = 1) async throws {
        rows.append(row)
        count += 1
        self.weight += weight
        if self.weight >= Self.most { try await flush() }
    }

    /// Sends what there is, if it is time.
    func flushIfDue() async throws {
        if sent.advanced(by: Self.patience) <= .now { try await flush() }
    }

    /// Sends what there is.
    func flush() async throws {
        sent = .now
        guard !rows.isEmpty else { return }
        let page = rows
        (rows, weight) = ([], 0)
        try await send(page)
        try await Task.sleep(for: Self.rest)
    }
}
