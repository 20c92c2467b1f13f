// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Foundation

/// The clocks of a daemon, which a test moves while it runs, so that no test waits for the end of a session.
///
/// The daemon is the one that is installed, with a library preloaded (`Tests/CTestClock`). libfaketime would not do: it
/// takes no account of the clock of a timer (timerfd_create(2)), so that Swift's timers fire at once or never.
public final class MovableClock: Sendable {
    private struct Offsets {
        var wall: Int64 = 0
        var elapsed: Int64 = 0
    }

    private static let library = "libcloakroom-test-clock.so"

    private let directory: TemporaryDirectory
    private let file: FileHandle
    private let offsets = Locked(Offsets())

    /// A clock that is right.
    ///
    /// - Throws: ``DaemonProcess/Failure`` when the library was not built.
    public init() throws {
        directory = try TemporaryDirectory()
        let path = directory.path(of: "clock")
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forUpdatingAtPath: path)
        else { throw DaemonProcess.Failure(description: "cannot write \(path)") }
        self.file = file
        guard FileManager.default.fileExists(atPath: Self.libraryPath) else {
            throw DaemonProcess.Failure(description: "\(Self.libraryPath) is missing: run `swift build --build-tests`")
        }
        move { _ in }
    }

    private static var libraryPath: String {
        URL(fileURLWithPath: DaemonProcess.binary).deletingLastPathComponent().appending(path: library).path
    }

    /// A program and its arguments that executes what follows them, to go by this clock.
    var wrapper: [String] {
        ["/usr/bin/env", "LD_PRELOAD=\(Self.libraryPath)", "CLOAKROOM_TEST_CLOCK=\(directory.path(of: "clock"))"]
    }

    /// Lets time pass, for the daemons that go by this clock.
    public func advance(seconds: Int64) {
        move {
            $0.wall += seconds
            $0.elapsed += seconds
        }
    }

    /// Sets the wall clock ahead, or back with a negative number, while no more time passes than does.
    public func jump(seconds: Int64) { move { $0.wall += seconds } }

    /// Writes both words in one call, so that a process sees both or neither.
    private func move(_ change: (inout Offsets) -> Void) {
        offsets.withLock { offsets in
            change(&offsets)
            let words = [offsets.wall, offsets.elapsed]
            _ = words.withUnsafeBytes { pwrite(file.fileDescriptor, $0.baseAddress, $0.count, 0) }
        }
    }
}
