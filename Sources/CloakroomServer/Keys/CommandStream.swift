// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import Glibc

/// What a command writes to one of its descriptors, read into the secure heap without waiting. It belongs to one thread.
final class CommandStream {
    /// More than is kept is read and forgotten.
    private static let discardSize = 4096

    /// What was read, up to the limit and one byte more.
    let buffer: SecureBuffer
    /// The end that the command gets.
    let writeEnd: Int32
    private let limit: Int
    private let readEnd: Int32
    private var isWriteEndOpen = true

    /// Whether everybody who could write has closed it.
    private(set) var isAtEnd = false

    /// - Parameter limit: how many bytes there should be at most.
    init(limit: Int) throws {
        self.limit = limit
        buffer = try SecureBuffer(capacity: limit + 1)
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw KeySourceError(.system, "cannot make a pipe for a key command: \(SystemMessage.text(errno))")
        }
        readEnd = Self.aboveStandard(ends[0])
        writeEnd = Self.aboveStandard(ends[1])
        guard readEnd >= 0, writeEnd >= 0, fcntl(readEnd, F_SETFL, O_NONBLOCK) == 0 else {
            throw KeySourceError(.system, "cannot make a pipe for a key command: \(SystemMessage.text(errno))")
        }
    }

    /// Not one of the descriptors that the command's own take the place of, should the daemon lack those; and closed when
    /// a program is executed.
    private static func aboveStandard(_ descriptor: Int32) -> Int32 {
        defer { _ = close(descriptor) }
        return fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
    }

    deinit {
        closeWriteEnd()
        _ = close(readEnd)
    }

    /// Whether there was more than the limit.
    var isOverLimit: Bool { buffer.count > limit }

    /// What poll(2) is asked; a negative descriptor is left out there.
    var pollEntry: pollfd { pollfd(fd: isAtEnd ? -1 : readEnd, events: Int16(POLLIN), revents: 0) }

    /// Lets the command have the only end that can be written to, so that its end can be seen.
    func closeWriteEnd() {
        guard isWriteEndOpen else { return }
        isWriteEndOpen = false
        _ = close(writeEnd)
    }

    /// Reads once what is there.
    ///
    /// - Returns: whether there may be more.
    func readOnce() -> Bool {
        guard !isAtEnd else { return false }
        let count =
            buffer.count < buffer.capacity
            ? buffer.append { read(readEnd, $0.baseAddress, $0.count) }
            : discard()
        // Beside "not yet" and "interrupted", which the caller waits for, there is no error that would mend.
        if count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) { isAtEnd = true }
        return count > 0
    }

    private func discard() -> Int {
        withUnsafeTemporaryAllocation(byteCount: Self.discardSize, alignment: 1) { buffer in
            defer { buffer.baseAddress.map { explicit_bzero($0, buffer.count) } }
            return read(readEnd, buffer.baseAddress, buffer.count)
        }
    }
}
