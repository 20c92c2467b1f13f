// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStore

/// What was filed when the database was opened, added up when somebody asks for it first.
final class OpeningUsage: Sendable {
    private enum State {
        case unknown
        case underWay
        case known(StoreUsage)
    }

    private let state = Locked(State.unknown)

    /// Answers the sum. It enters the gate for a batch at a time, so that closing does not wait for the end.
    ///
    /// - Throws: ``StoreError`` when the store is closed, the task cancelled, or somebody else adds up already.
    nonisolated(nonsending) func usage(through gate: DatabaseGate) async throws(StoreError) -> StoreUsage {
        let known = try state.withLock { state throws(StoreError) -> StoreUsage? in
            switch state {
            case .known(let usage): return usage
            case .underWay: throw StoreError(.busy, "the sessions in the store are being counted already")
            case .unknown:
                state = .underWay
                return nil
            }
        }
        if let known { return known }
        do throws(StoreError) {
            let usage = try await added(through: gate)
            state.withLock { $0 = .known(usage) }
            return usage
        } catch {
            state.withLock { $0 = .unknown }
            throw error
        }
    }

    private nonisolated(nonsending) func added(through gate: DatabaseGate) async throws(StoreError) -> StoreUsage {
        var scan = UsageScan()
        while try advance(&scan, through: gate) {
            guard !Task.isCancelled else {
                throw StoreError(.cancelled, "counting the sessions in the store was cancelled")
            }
            await Task.yield()
        }
        return scan.usage
    }

    /// Adds a batch; answers whether there is another.
    private func advance(_ scan: inout UsageScan, through gate: DatabaseGate) throws(StoreError) -> Bool {
        let database = try gate.enter()
        defer { gate.leave() }
        guard let snapshot = database.openingSnapshot else {
            throw StoreError(.inputOutput, "RocksDB gave no snapshot to count sessions at; restart cloakroomd")
        }
        guard try scan.advance(over: database, at: snapshot) else { return true }
        // Else compaction could drop nothing that was there at the opening.
        database.releaseOpeningSnapshot()
        return false
    }
}
