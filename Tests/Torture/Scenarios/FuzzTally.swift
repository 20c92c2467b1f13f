// SPDX-License-Identifier: Apache-2.0

/// What the fuzzing threads count together.
final class FuzzTally: Sendable {
    /// Frames that were sent, good and bad.
    let frames = Load()
    /// Frames that were mutated in ways that the daemon must close the connection for, or may.
    let broken = Load()
    let answers = Load()
    let connections = Load()
    /// Connections that were closed because the answer took long, as for a lock that somebody holds.
    let abandoned = Load()

    func stop() { frames.end() }

    func show(on stage: Stage) {
        stage.figure("frames", frames.count)
        stage.figure("broken ones", broken.count)
        stage.figure("answers", answers.count)
        stage.figure("connections", connections.count)
        stage.figure("abandoned", abandoned.count)
    }
}
