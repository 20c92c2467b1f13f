// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import Glibc

/// A thread that fuzzes on several connections at a time.
final class FuzzThread {
    private let tally: FuzzTally
    private var connections: [FuzzConnection] = []
    private var frames: FuzzFrames
    private var buffer = [UInt8](repeating: 0, count: 65_536)

    init(path: String, connections count: Int, generator: SeededGenerator, tally: FuzzTally) throws {
        self.tally = tally
        frames = FuzzFrames(generator: generator)
        for _ in 0..<count { connections.append(try FuzzConnection(path: path, tally: tally)) }
    }

    /// Goes on until so many frames were sent by all threads together.
    func run(until count: Int) throws {
        var entries = connections.map { pollfd(descriptor: $0.descriptor, events: 0, revents: 0) }
        let clock = ContinuousClock()
        while tally.frames.goesOn, tally.frames.count < count {
            let now = clock.now
            for (index, connection) in connections.enumerated() {
                let isReady = entries[index].revents != 0
                try connection.go(on: isReady, at: now, &frames, &buffer)
                entries[index] = pollfd(descriptor: connection.descriptor, events: connection.events, revents: 0)
            }
            poll(&entries, nfds_t(entries.count), 50)
        }
    }
}
