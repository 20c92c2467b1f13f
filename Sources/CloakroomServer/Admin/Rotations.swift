// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomSessions

/// The rotations of keys that are under way, one of a pool at most. They go on when nobody watches them any more.
public final class Rotations: Sendable {
    typealias Watcher = @Sendable (RotationProgress) -> Void

    private struct Running {
        let number: Int
        let task: Task<RotationOutcome, any Error>
        var watchers: [Watcher] = []
    }

    private struct State {
        var last = 0
        var running: [PoolName: Running] = [:]
    }

    private let state = Locked(State())

    /// None is under way.
    public init() {}

    /// Begins a rotation, or joins the one that is under way.
    func start(_ pool: AdministeredPool, watcher: Watcher? = nil) -> Task<RotationOutcome, any Error> {
        state.withLock { state in
            if var running = state.running[pool.name] {
                if let watcher { running.watchers.append(watcher) }
                state.running[pool.name] = running
                return running.task
            }
            state.last += 1
            let number = state.last
            let task = Task.detached { [self] in
                defer { end(pool.name, number) }
                return try await pool.sessions.rotateKeys { self.report($0, pool.name, number) }
            }
            state.running[pool.name] = Running(number: number, task: task, watchers: watcher.map { [$0] } ?? [])
            return task
        }
    }

    /// Interrupts a pool's rotation; whether there was one.
    func interrupt(_ pool: PoolName) -> Bool {
        let task = state.withLock { $0.running[pool]?.task }
        task?.cancel()
        return task != nil
    }

    private func report(_ progress: RotationProgress, _ pool: PoolName, _ number: Int) {
        let watchers = state.withLock { state in
            state.running[pool].flatMap { $0.number == number ? $0.watchers : nil } ?? []
        }
        for watcher in watchers { watcher(progress) }
    }

    private func end(_ pool: PoolName, _ number: Int) {
        state.withLock { state in
            if state.running[pool]?.number == number { state.running[pool] = nil }
        }
    }
}
