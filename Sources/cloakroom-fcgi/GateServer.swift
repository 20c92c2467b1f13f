// SPDX-License-Identifier: Apache-2.0

import CFastCGI
import CloakroomCore
import CloakroomSystem
import Glibc
import Synchronization

/// The sockets and their events, which all threads share.
final class GateServer: Sendable {
    /// An event of a listening socket has this bit and its index; one of a connection has the descriptor.
    private static let listenerBit: UInt64 = 1 << 32

    let connections: ConnectionTable
    private let listeners: [GateListener]
    private let poll: Int32
    private let isPaused = Atomic<Bool>(false)
    private let stopping = Atomic<Bool>(false)

    /// Listens.
    ///
    /// - Throws: ``SystemError``
    init(_ listeners: [GateListener], limits: ConnectionTable.Limits) throws(SystemError) {
        let poll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard poll >= 0 else { throw SystemError("epoll_create1") }
        self.poll = poll
        self.listeners = listeners
        connections = ConnectionTable(poll: poll, limits: limits)
        for index in listeners.indices {
            guard control(EPOLL_CTL_ADD, index, isOn: true) else { throw SystemError("epoll_ctl") }
        }
    }

    /// Whether no connection is kept any more.
    var isStopping: Bool { stopping.load(ordering: .relaxed) }

    /// Waits for events, and takes the connections that have something to say, as well as new ones: at most so many.
    func next(_ claims: inout [ConnectionTable.Claim], atMost limit: Int) {
        claims.removeAll(keepingCapacity: true)
        withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: limit) { events in
            let count = Int(epoll_wait(poll, events.baseAddress, Int32(limit), -1))
            // One of a listener may bring many.
            var left = limit - max(0, count)
            for event in events.prefix(max(0, count)) {
                let value = event.data.u64
                if value & Self.listenerBit != 0 {
                    accept(Int(value & ~Self.listenerBit), &claims, 1 + left)
                    left = max(0, limit - claims.count)
                } else if let claim = connections.claim(Int32(truncatingIfNeeded: value), event.events) {
                    claims.append(claim)
                }
            }
        }
    }

    /// Accepts what waits at a listener. The kernel tells of a new connection once, and only one thread: else all would be woken for
    /// each. So whoever leaves some has to have it tell again.
    private func accept(_ index: Int, _ claims: inout [ConnectionTable.Claim], _ limit: Int) {
        for _ in 0..<limit {
            switch accept(listeners[index]) {
            case .accepted(let claim): claims.append(claim)
            case .noneLeft: return
            case .failed: break
            }
        }
        if !isPaused.load(ordering: .relaxed), !isStopping { _ = control(EPOLL_CTL_MOD, index, isOn: true) }
    }

    /// Does what is due from time to time.
    func tick() {
        connections.reap()
        if isPaused.load(ordering: .relaxed), connections.count < ConnectionTable.capacity { resume() }
    }

    /// Takes no new connections, but those that wait for an end of ours, and keeps none.
    func stop() {
        stopping.store(true, ordering: .relaxed)
        for (index, listener) in listeners.enumerated() {
            _ = control(EPOLL_CTL_DEL, index, isOn: false)
            // What waits at a socket of systemd's is for the next process. With this, a Unix socket takes no more connections and
            // gives away those that it has; one of TCP would drop them.
            if listener.isOwn, !listener.isOpenToAll { shutdown(listener.descriptor, Int32(SHUT_RD)) }
            while listener.isOwn, case .accepted(let claim) = accept(listener) {
                if !connections.wait(claim, isPartial: false) { connections.close(claim) }
            }
            close(listener.descriptor)
        }
    }

    /// What has come of an attempt to accept a connection.
    private enum Acceptance {
        case accepted(ConnectionTable.Claim)
        /// Nobody waits, or those who do have to wait on.
        case noneLeft
        /// That one is gone; others may be there.
        case failed
    }

    private func accept(_ listener: GateListener) -> Acceptance {
        guard connections.count < ConnectionTable.capacity || connections.endIdle() else {
            pause()
            return .noneLeft
        }
        let descriptor = accept4(listener.descriptor, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
        guard descriptor < 0 else {
            return .accepted(connections.register(descriptor, isOpenToAll: listener.isOpenToAll))
        }
        switch errno {
        case EAGAIN: return .noneLeft
        case EMFILE, ENFILE, ENOBUFS, ENOMEM:
            pause()
            return .noneLeft
        default: return .failed
        }
    }

    /// Leaves new connections in the queue until there is room: a thread would find them again and again.
    private func pause() {
        guard !isPaused.exchange(true, ordering: .relaxed) else { return }
        for index in listeners.indices { _ = control(EPOLL_CTL_MOD, index, isOn: false) }
    }

    private func resume() {
        isPaused.store(false, ordering: .relaxed)
        guard !isStopping else { return }
        for index in listeners.indices { _ = control(EPOLL_CTL_MOD, index, isOn: true) }
    }

    private func control(_ operation: Int32, _ index: Int, isOn: Bool) -> Bool {
        var event = epoll_event(
            events: isOn ? EPOLLIN.rawValue | EPOLLET.rawValue : 0,
            data: epoll_data_t(u64: Self.listenerBit | UInt64(index))
        )
        return epoll_ctl(poll, operation, listeners[index].descriptor, &event) == 0
    }
}
