// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProtocol
import CloakroomSystem
import Glibc
import NIOCore

/// One connection to the daemon. It blocks, for no longer than a deadline; after any failure it must not be used again, or a
/// late answer could be taken for that of another request.
final class DaemonSocket {
    /// What a connection's buffer keeps from one answer to the next; a status takes more.
    private static let keptCapacity = 65_536

    private let descriptor: Int32
    private var input = ByteBuffer()
    /// The time limit that the kernel has, in microseconds.
    private var limit: UInt64 = 0

    /// Connects.
    ///
    /// - Throws: ``DaemonAbsence``
    init(_ address: UnixSocketAddress, until deadline: MonotonicTime) throws(DaemonAbsence) {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        descriptor = socket(AF_UNIX, type, 0)
        guard descriptor >= 0 else { throw Self.unreachable() }
        do throws(DaemonAbsence) {
            try connect(address, until: deadline)
            guard fcntl(descriptor, F_SETFL, O_RDWR) == 0 else { throw Self.unreachable() }
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit { close(descriptor) }

    private static func unreachable() -> DaemonAbsence { .unreachable(SystemMessage.text(errno)) }

    /// connect(2) of a Unix socket does not wait while the daemon's queue is full, and poll(2) does not tell when it has room.
    private func connect(_ address: UnixSocketAddress, until deadline: MonotonicTime) throws(DaemonAbsence) {
        while address.withSockaddr({ Glibc.connect(descriptor, $0, $1) }) != 0 {
            switch errno {
            case EINTR: continue
            case EAGAIN:
                guard deadline.nanosecondsLeft() > 0 else { throw .late }
                poll(nil, 0, 5)
            default: throw Self.unreachable()
            }
        }
    }

    /// Sends all bytes of a buffer.
    ///
    /// - Throws: ``DaemonAbsence``
    func send(_ buffer: ByteBuffer, until deadline: MonotonicTime) throws(DaemonAbsence) {
        try buffer.withUnsafeReadableBytes { bytes throws(DaemonAbsence) in
            var sent = 0
            while sent < bytes.count {
                try allow(until: deadline)
                let rest = bytes[sent...]
                let count = Glibc.send(
                    descriptor,
                    UnsafeRawBufferPointer(rebasing: rest).baseAddress,
                    rest.count,
                    Int32(MSG_NOSIGNAL)
                )
                if count > 0 { sent += count } else { try check(errno) }
            }
        }
    }

    /// Waits for the next answer.
    ///
    /// - Throws: ``DaemonAbsence``
    func receive(until deadline: MonotonicTime) throws(DaemonAbsence) -> GateResponse {
        while true {
            if let frame = try nextFrame() {
                do throws(ProtocolError) { return try GateResponse(frame: frame) } catch {
                    throw .malformed(error.message)
                }
            }
            try allow(until: deadline)
            var failure: Int32 = 0
            let count = input.writeWithUnsafeMutableBytes(minimumWritableBytes: 1_024) { bytes in
                let count = recv(descriptor, bytes.baseAddress, bytes.count, 0)
                if count < 0 { failure = errno }
                return max(0, count)
            }
            if failure != 0 { try check(failure) } else if count == 0 { throw .lost }
        }
    }

    /// Whether there are bytes that nobody asked for.
    var hasRest: Bool { input.readableBytes > 0 }

    private func nextFrame() throws(DaemonAbsence) -> ByteBuffer? {
        guard let length = input.getInteger(at: input.readerIndex, as: UInt32.self) else { return nil }
        guard length <= GateResponse.maximumFrame else { throw .malformed("a frame of \(length) bytes") }
        guard input.readableBytes >= 4 + Int(length) else { return nil }
        input.moveReaderIndex(forwardBy: 4)
        let frame = input.readSlice(length: Int(length))
        if input.readableBytes == 0 {
            if input.capacity > Self.keptCapacity { input = ByteBuffer() } else { input.clear() }
        }
        return frame
    }

    /// Tells the kernel how long the next call may take, if it has to know anew.
    private func allow(until deadline: MonotonicTime) throws(DaemonAbsence) {
        let left = deadline.nanosecondsLeft() / 1_000
        guard left > 0 else { throw .late }
        // A few microseconds more or less cost a system call each time and change nothing.
        guard limit > left + 2_000 || limit + 2_000 < left else { return }
        var time = timeval(tv_sec: Int(left / 1_000_000), tv_usec: Int(left % 1_000_000))
        let size = socklen_t(MemoryLayout<timeval>.size)
        guard setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size) == 0,
            setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, size) == 0
        else { throw Self.unreachable() }
        limit = left
    }

    private func check(_ number: Int32) throws(DaemonAbsence) {
        switch number {
        case EINTR: return
        case EAGAIN: throw .late
        case EPIPE, ECONNRESET: throw .lost
        default: throw .unreachable(SystemMessage.text(number))
        }
    }
}
