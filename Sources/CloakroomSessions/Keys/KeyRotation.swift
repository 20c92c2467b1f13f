// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomStore
import Logging

/// Seals under the keyring's first key what another one has sealed, in small steps beside the requests. There is one rotation at a
/// time, which any number of callers wait for.
final class KeyRotation: Sendable {
    typealias Listener = @Sendable (RotationProgress) -> Void

    private struct Participant {
        let listener: Listener
        let continuation: CheckedContinuation<RotationOutcome, any Error>
    }

    private struct State {
        var lastNumber = 0
        var participants: [Int: Participant] = [:]
        var work: Task<Void, Never>?
        // Everybody who waited for it has left; whoever comes now waits for the next one.
        var isGivenUp = false
    }

    private let records: SessionRecords
    private let latches: RecordLatches
    private let keys: PoolKeyring
    private let deferredWrites: DeferredWrites
    private let state = Locked(State())

    init(records: SessionRecords, latches: RecordLatches, keys: PoolKeyring, deferredWrites: DeferredWrites) {
        self.records = records
        self.latches = latches
        self.keys = keys
        self.deferredWrites = deferredWrites
    }

    /// Whether there is one.
    var isUnderWay: Bool { state.withLock { $0.work != nil } }

    /// How many wait for its end; for tests.
    var waiterCount: Int { state.withLock { $0.participants.count } }

    /// See ``SessionService/rotateKeys(progress:)``.
    func rotate(progress: @escaping Listener) async throws -> RotationOutcome {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                join(number, Participant(listener: progress, continuation: continuation))
            }
        } onCancel: {
            leave(number)
        }
    }

    /// Goes on with a rotation that was interrupted, if one was.
    func resume() {
        do {
            guard try records.store.property(.rotation(of: records.sealer.pool)) != nil else { return }
        } catch {
            return records.logger.error(
                "whether a rotation of keys was interrupted cannot be told",
                metadata: ["error": "\(error)"]
            )
        }
        records.logger.notice("a rotation of keys that was interrupted goes on")
        state.withLock { start(&$0) }
    }

    private func join(_ number: Int, _ participant: Participant) {
        let isCancelled = state.withLock { state in
            // A cancellation from here on finds the participant.
            guard !Task.isCancelled else { return true }
            state.participants[number] = participant
            start(&state)
            return false
        }
        if isCancelled { participant.continuation.resume(returning: .interrupted) }
    }

    private func leave(_ number: Int) {
        let participant = state.withLock { state in
            let participant = state.participants.removeValue(forKey: number)
            if participant != nil, state.participants.isEmpty {
                state.isGivenUp = true
                state.work?.cancel()
            }
            return participant
        }
        participant?.continuation.resume(returning: .interrupted)
    }

    private func start(_ state: inout State) {
        guard state.work == nil else { return }
        state.isGivenUp = false
        state.work = Task.detached(priority: .utility) { await self.work() }
    }

    /// Rotates until that has come to an end for all who wait for it.
    private func work() async {
        var run = RotationRun(records: records, latches: latches, keys: keys, deferredWrites: deferredWrites)
        let result: Result<RotationOutcome, any Error>
        do {
            result = .success(try await run.complete { self.report($0) })
        } catch {
            result = .failure(error)
        }
        let waiting = state.withLock { state -> [Participant] in
            state.work = nil
            // The keyring may have changed at the last moment, or somebody come after everybody else had left.
            if run.isOutdated(after: result) || (state.isGivenUp && !state.participants.isEmpty) {
                start(&state)
                return []
            }
            defer { state.participants = [:] }
            return Array(state.participants.values)
        }
        for participant in waiting { participant.continuation.resume(with: result) }
    }

    private func report(_ progress: RotationProgress) {
        let listeners = state.withLock { $0.participants.values.map(\.listener) }
        for listener in listeners { listener(progress) }
    }
}
