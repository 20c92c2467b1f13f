// SPDX-License-Identifier: Apache-2.0

import CFastCGI
import CloakroomCore
import CloakroomSystem
import Glibc
import Synchronization

/// All connections of web servers, by descriptor.
final class ConnectionTable: Sendable {
    /// What is left for the daemon, the listening sockets and the log.
    static let capacity = 512

    /// A thread's claim on a connection.
    struct Claim {
        let descriptor: Int32
        let generation: Int
        let isOpenToAll: Bool
    }

    /// How long each part may take.
    struct Limits {
        /// Until a request is there as a whole, and until an answer is taken.
        var request: Duration
        /// Until the next request comes on a connection that is kept.
        var idle = Duration.seconds(75)
    }

    private let slots: [ConnectionSlot]
    private let poll: Int32
    private let limits: Limits
    private let open = Atomic<Int>(0)

    /// No connections.
    ///
    /// - Parameter poll: the descriptor of epoll(7).
    init(poll: Int32, limits: Limits) {
        self.poll = poll
        self.limits = limits
        slots = (0..<ProcessSetup.descriptors).map { _ in ConnectionSlot() }
    }

    /// How many there are.
    var count: Int { open.load(ordering: .relaxed) }

    /// Takes a connection that was just accepted, for the thread that calls.
    func register(_ descriptor: Int32, isOpenToAll: Bool) -> Claim {
        open.add(1, ordering: .relaxed)
        let deadline = MonotonicTime.now + limits.request
        return slots[Int(descriptor)].state.withLock { state in
            let generation = state.generation &+ 1
            state = ConnectionSlot.State(phase: .working, deadline: deadline)
            state.isOpenToAll = isOpenToAll
            state.generation = generation
            return Claim(descriptor: descriptor, generation: generation, isOpenToAll: isOpenToAll)
        }
    }

    /// Takes a connection that has news; `nil` when a thread has it, or it is gone.
    ///
    /// - Parameter events: what the kernel says of it.
    func claim(_ descriptor: Int32, _ events: UInt32) -> Claim? {
        slots[Int(descriptor)].state.withLock { state in
            if events & (EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 { state.isEnded = true }
            guard state.phase == .waiting else {
                state.hasNews = true
                return nil
            }
            state.phase = .working
            return Claim(descriptor: descriptor, generation: state.generation, isOpenToAll: state.isOpenToAll)
        }
    }

    /// Gives a connection back until more comes, or ends it if nothing will; `false` when more came meanwhile, so that the
    /// caller has to go on.
    ///
    /// - Parameter isPartial: whether the beginning of a request is there.
    func wait(_ claim: Claim, isPartial: Bool) -> Bool {
        slots[Int(claim.descriptor)].state.withLock { state in
            guard !state.hasNews else {
                state.hasNews = false
                return false
            }
            guard !state.isEnded else {
                end(claim.descriptor, &state)
                return true
            }
            if isPartial, !state.isPartial { state.begin(limits.request) }
            state.phase = .waiting
            // With level-triggered notices the beginning of a request would be news again and again.
            if !arm(claim.descriptor, &state, isPartial ? .each : .once) { end(claim.descriptor, &state) }
            return true
        }
    }

    /// Notes that a request is there as a whole; the deadline is that of its answer from now on.
    func answer(_ claim: Claim) {
        let deadline = MonotonicTime.now + limits.request
        slots[Int(claim.descriptor)].state.withLock { state in
            state.phase = .answering
            state.deadline = deadline
        }
    }

    /// Gives a connection back whose request was answered. A request that came already is news for the next thread.
    func keep(_ claim: Claim) {
        let deadline = MonotonicTime.now + limits.idle
        slots[Int(claim.descriptor)].state.withLock { state in
            state.deadline = deadline
            state.isIdle = true
            state.isPartial = false
            state.hasNews = false
            state.phase = .waiting
            if !arm(claim.descriptor, &state, .once) { end(claim.descriptor, &state) }
        }
    }

    /// Ends a connection.
    func close(_ claim: Claim) {
        slots[Int(claim.descriptor)].state.withLock { state in
            guard state.generation == claim.generation, state.phase != .free else { return }
            end(claim.descriptor, &state)
        }
    }

    /// Notes that libfcgi has ended a connection itself. Its descriptor may be another's by now.
    func forget(_ claim: Claim) {
        open.subtract(1, ordering: .relaxed)
        slots[Int(claim.descriptor)].state.withLock { state in
            if state.generation == claim.generation { state.phase = .free }
        }
    }

    /// Ends the connections whose time is over.
    func reap() {
        let now = MonotonicTime.now
        for (descriptor, slot) in slots.enumerated() {
            slot.state.withLock { state in
                guard state.phase != .free, state.deadline <= now else { return }
                switch state.phase {
                case .waiting: end(Int32(descriptor), &state)
                // The thread that sends the answer finds the connection broken, and closes it.
                case .answering: shutdown(Int32(descriptor), Int32(SHUT_RDWR))
                case .free, .working: break
                }
            }
        }
    }

    /// Ends the connection that has been idle for longest; `false` when none is.
    func endIdle() -> Bool {
        var oldest: (descriptor: Int, deadline: MonotonicTime)?
        for (descriptor, slot) in slots.enumerated() {
            slot.state.withLock { state in
                guard state.phase == .waiting, state.isIdle, state.deadline < oldest?.deadline ?? .never else { return }
                oldest = (descriptor, state.deadline)
            }
        }
        guard let oldest else { return false }
        return endIdle(oldest.descriptor)
    }

    /// Ends all connections that are idle: no request has begun on them since the last was answered.
    func endAllIdle() {
        for descriptor in slots.indices { _ = endIdle(descriptor) }
    }

    private func endIdle(_ descriptor: Int) -> Bool {
        slots[descriptor].state.withLock { state in
            guard state.phase == .waiting, state.isIdle, !Self.hasBytes(Int32(descriptor)) else { return false }
            end(Int32(descriptor), &state)
            return true
        }
    }

    private static func hasBytes(_ descriptor: Int32) -> Bool {
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) > 0
    }

    /// The caller holds the lock of the slot, so that nobody takes the descriptor for another connection's.
    private func end(_ descriptor: Int32, _ state: inout ConnectionSlot.State) {
        // With bytes unread, TCP would take back what was sent (RFC 9293, section 3.10.4).
        if state.isOpenToAll { Self.finish(descriptor) }
        state.phase = .free
        Glibc.close(descriptor)
        open.subtract(1, ordering: .relaxed)
    }

    private static func finish(_ descriptor: Int32) {
        shutdown(descriptor, Int32(SHUT_WR))
        withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 1) { bytes in
            _ = recv(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT))
        }
    }

    private func arm(_ descriptor: Int32, _ state: inout ConnectionSlot.State, _ notice: ConnectionSlot.Notice) -> Bool
    {
        guard state.notice != .each || notice != .each else { return true }
        let mode = notice == .each ? EPOLLET.rawValue : EPOLLONESHOT.rawValue
        let operation = state.notice == .none ? EPOLL_CTL_ADD : EPOLL_CTL_MOD
        var event = epoll_event(
            events: EPOLLIN.rawValue | EPOLLRDHUP.rawValue | mode,
            data: epoll_data_t(u64: UInt64(descriptor))
        )
        state.notice = notice
        return epoll_ctl(poll, operation, descriptor, &event) == 0
    }
}

extension ConnectionSlot.State {
    /// A request has begun: its time runs.
    fileprivate mutating func begin(_ limit: Duration) {
        // A connection's first request has been given its time already.
        if isIdle { deadline = .now + limit }
        isIdle = false
        isPartial = true
    }
}
