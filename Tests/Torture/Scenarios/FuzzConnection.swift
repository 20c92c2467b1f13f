// SPDX-License-Identifier: Apache-2.0

import CloakroomProtocol
import Glibc
import NIOCore

/// A connection that sends batches of frames and reads the answers. It does not block.
final class FuzzConnection {
    /// How long a batch may take before its connection is given up: locks are waited for, for a second at most each.
    private static let patience = Duration.seconds(5)

    private let path: String
    private let tally: FuzzTally
    private let decoder = FrameDecoder(limits: FrameLimits(maximumData: FrameLimits.maximumConfigurableData))
    private var socket: RawSocket
    private var input = ByteBuffer()
    private var batch = FuzzBatch()
    private var sent = 0
    private var answers = 0
    private var hasHungUp = false
    private var isFresh = true
    private var start = ContinuousClock.now

    init(path: String, tally: FuzzTally) throws {
        self.path = path
        self.tally = tally
        socket = try RawSocket(path: path)
    }

    var descriptor: Int32 { socket.descriptor }

    /// What to wait for.
    var events: Int16 { Int16(POLLIN) | (sent < batch.bytes.count ? Int16(POLLOUT) : 0) }

    /// Reads if there is something, and sends what is to be sent next.
    func go(
        on isReady: Bool,
        at now: ContinuousClock.Instant,
        _ frames: inout FuzzFrames,
        _ buffer: inout [UInt8]
    ) throws {
        if isReady {
            switch socket.receive(into: &buffer) {
            case .bytes(let count): try take(buffer[..<count])
            case .nothing: break
            case .end: return try reopen()
            }
        }
        if sent < batch.bytes.count { return try send() }
        if answers < batch.answers {
            guard now - start > Self.patience else { return }
            tally.abandoned.add()
            return try reopen(isAbandoned: true)
        }
        guard !batch.isBroken else { return try hangUp(now) }
        batch = frames.batch(isFresh: isFresh)
        (sent, answers, isFresh, start) = (0, 0, false, now)
        try send()
    }

    private func send() throws {
        guard let count = socket.send(batch.bytes[sent...]) else { return try reopen() }
        sent += count
        guard sent == batch.bytes.count else { return }
        tally.frames.add(batch.frames)
        if batch.isBroken { tally.broken.add() }
    }

    private func take(_ bytes: ArraySlice<UInt8>) throws {
        if input.readableBytes == 0 { input.clear() }
        input.writeBytes(bytes)
        while let frame = try decoder.decode(buffer: &input) {
            let answer = try Response(frame: frame)
            tally.answers.add()
            let error: ProtocolError
            switch answer {
            case .unwritten(_, let reason): error = reason
            case .error(let refusal):
                answers += 1
                error = refusal
            default:
                answers += 1
                continue
            }
            try expect(
                error.code != .internalFault && error.code != .storeFault,
                "a fuzzed frame was answered: \(error)"
            )
        }
    }

    /// After a broken frame nothing can be expected but the end, once the daemon sees ours.
    private func hangUp(_ now: ContinuousClock.Instant) throws {
        if !hasHungUp {
            hasHungUp = true
            return socket.endSending()
        }
        guard now - start > Self.patience else { return }
        tally.abandoned.add()
        try reopen(isAbandoned: true)
    }

    private func reopen(isAbandoned: Bool = false) throws {
        try expect(
            batch.isBroken || isAbandoned,
            "the daemon closed a connection that had sent nothing but well-formed requests; answers: \(answers) of \(batch.answers)"
        )
        tally.connections.add()
        socket = try RawSocket(path: path)
        input.clear()
        batch = FuzzBatch()
        (sent, answers, hasHungUp, isFresh) = (0, 0, false, true)
    }
}
