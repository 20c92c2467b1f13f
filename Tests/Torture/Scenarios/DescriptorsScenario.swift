// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProcessKit
import Foundation

/// Clients that take all descriptors of the daemon, or all connections that it gives.
struct DescriptorsScenario: Scenario {
    static let name = "descriptors"
    static let summary = "hostile clients take all connections and all descriptors"

    private static let honest = 4

    private let stage: Stage

    init(_ stage: Stage) { self.stage = stage }

    func run() throws {
        try attack(
            "few connections",
            logging: "connection refused",
            descriptors: { _ in },
            under: ["/bin/sh", "-c", "ulimit -n 128; exec \"$@\"", "sh"]
        )
        // Less than the daemon could know when it started.
        try attack(
            "no descriptors",
            logging: "a connection cannot be accepted",
            descriptors: { daemon in
                let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(daemon.pid)/fd").count
                let (status, output) = try DaemonProcess.run(
                    "/usr/bin/prlimit",
                    ["--pid", "\(daemon.pid)", "--nofile=\(open + 10)"]
                )
                try expect(status == 0, "prlimit failed: \(output)")
            }
        )
    }

    private func attack(
        _ title: String,
        logging message: String,
        descriptors limit: (DaemonProcess) throws -> Void,
        under wrapper: [String] = []
    ) throws {
        let daemon = try stage.makeDaemon()
        try daemon.start(under: wrapper)
        let status = ProcessStatus(pid: daemon.pid)
        let load = Load()
        let threads = Threads(Array(0..<Self.honest)) { [path = daemon.socket] in
            try Self.serve($0, path: path, load: load)
        }
        defer { load.end() }
        let share = stage.amount(full: 5000, short: 200)
        try load.advance(by: share, watching: threads)
        try limit(daemon)
        var crowd: Crowd? = Crowd(besieging: daemon.socket, count: stage.amount(full: 1000, short: 300))
        stage.figure("\(title): hostile connections", crowd?.count ?? 0)
        // Also while the daemon brings to disk what was written, which it does every second.
        let clock = ContinuousClock()
        let besieged = clock.now
        repeat { try load.advance(by: share, watching: threads) } while clock.now - besieged < .seconds(3)
        load.end()
        let repeats = try threads.outputs().reduce(0, +)
        try expect(repeats == 0, "\(repeats) requests of clients that were connected before had to be repeated")

        let used = try Self.processorTime(of: status, during: stage.amount(full: 5, short: 1))
        stage.figure("\(title): processor while besieged", String(format: "%.1f %%", used * 100))
        try expect(used < 0.25, "the daemon is busy with clients that do nothing")

        crowd = nil
        let freed = clock.now
        var answer: Int?
        try wait(for: "a new client to be served once the others have left", atMost: .seconds(30)) {
            // A connection that was refused or reset is tried again, as the daemon may not have seen yet that the others left.
            answer = try? HonestClient(path: daemon.socket).increment(.named("new"))
            return answer != nil
        }
        stage.figure("\(title): served again after", String(format: "%.1f s", (clock.now - freed) / .seconds(1)))
        stage.figure("\(title): round trips of others", load.count)
        try expect(status.pid == daemon.pid && daemon.stop() == 0, "the daemon did not stop in order")
        try expect(daemon.log.contains(message), "the daemon's log does not say: \(message)")
        stage.progress("\(title): \(load.count) round trips by those who were connected before")
    }

    private static func serve(_ number: Int, path: String, load: Load) throws -> Int {
        let client = HonestClient(path: path)
        var expected = 0
        while load.goesOn {
            expected += 1
            let sum = try client.increment(.named("honest\(number)"))
            try expect(sum == expected, "increment \(expected) made \(sum)")
            load.add()
        }
        return client.repeats
    }

    /// The processor time that the daemon takes, as a part of one processor's.
    private static func processorTime(of status: ProcessStatus, during seconds: Double) throws -> Double {
        let before = try status.processorTime()
        usleep(UInt32(seconds * 1_000_000))
        return (try status.processorTime() - before) / seconds
    }
}
