// SPDX-License-Identifier: Apache-2.0

public import CloakroomAdmin

/// Work on the files of a backup that takes a while: says how far it is, and ends when it is told to.
public final class BackupWork {
    private static let interval = Duration.milliseconds(200)

    private let report: (WorkStep) -> Void
    private let isInterrupted: () -> Bool
    private var step: WorkStep?
    private var next: ContinuousClock.Instant?
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)

    /// - Parameters:
    ///   - report: is told how far it is, a few times in a second.
    ///   - isInterrupted: whether to end; asked often, on the thread of the work.
    public init(report: @escaping (WorkStep) -> Void, isInterrupted: @escaping () -> Bool) {
        self.report = report
        self.isInterrupted = isInterrupted
    }

    deinit { buffer.deallocate() }

    /// Begins with `total` bytes of a pool.
    func begin(_ phase: WorkStep.Phase, pool: String, total: Int) {
        step = WorkStep(pool: pool, phase: phase, done: 0, total: total)
        show(isLast: true)
    }

    /// So many more bytes are done.
    ///
    /// - Throws: ``BackupError/Code/interrupted`` when the work has to end.
    func advance(_ bytes: Int) throws(BackupError) {
        try check()
        guard let last = step else { return }
        step = WorkStep(pool: last.pool, phase: last.phase, done: last.done + bytes, total: last.total)
        show(isLast: false)
    }

    /// Ends what was begun.
    func finish() {
        show(isLast: true)
        step = nil
    }

    func check() throws(BackupError) {
        if isInterrupted() { throw BackupError(.interrupted, "interrupted") }
    }

    private func show(isLast: Bool) {
        guard let step else { return }
        let now = ContinuousClock.now
        guard isLast || next.map({ $0 <= now }) ?? true else { return }
        next = now.advanced(by: Self.interval)
        report(step)
    }
}
