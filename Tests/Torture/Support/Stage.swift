// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import Foundation

/// What a scenario works with: its scale, its random numbers, its daemons, and its figures.
final class Stage {
    let scale: Scale
    private(set) var figures: [(name: String, value: String)] = []
    private(set) var daemons: [DaemonProcess] = []
    private let name: String
    private let seed: UInt64

    init(_ name: String, scale: Scale, seed: UInt64) {
        self.name = name
        self.scale = scale
        // Each scenario has numbers of its own, which are the same when it runs alone.
        self.seed = name.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    /// One of two amounts.
    func amount<Value>(full: Value, short: Value) -> Value { scale == .full ? full : short }

    /// Random numbers; the same for the same seed, scenario and stream.
    func generator(_ stream: Int = 0) -> SeededGenerator { SeededGenerator(seed: seed &+ UInt64(stream) << 32) }

    /// A daemon that is not started yet, and is gone when the scenario ends.
    func makeDaemon() throws -> DaemonProcess {
        let daemon = try DaemonProcess()
        daemons.append(daemon)
        return daemon
    }

    /// Says how far the scenario is.
    func progress(_ text: String) { Console.line("  \(name): \(text)") }

    /// Sets a figure, which keeps its place.
    func figure(_ name: String, _ value: some CustomStringConvertible) {
        if let index = figures.firstIndex(where: { $0.name == name }) {
            figures[index].value = value.description
        } else {
            figures.append((name, value.description))
        }
    }

    /// Ends what still runs.
    func clear() {
        for daemon in daemons where daemon.pid > 0 { daemon.stop(SIGKILL) }
        daemons = []
    }
}
