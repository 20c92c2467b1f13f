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

    /// What a thread is to work at.
    enum Event {
        case connection(ConnectionTable.Claim)
        case none
    }

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

    /// Waits for the next event.
    func next() -> Event {
        var event = epoll_event()
        guard epoll_wait(poll, &event, 1, -1) == 1 else { return .none }
        let value = event.data.u64
        guard value & Self.listenerBit != 0 else {
            return connections.claim(Int32(truncatingIfNeeded: value), event.events).map { .connection($0) } ?? .none
        }
        return accept(listeners[Int(value & ~Self.listenerBit)]).map { .connection($0) } ?? .none
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
            while listener.isOwn, let claim = accept(listener) {
                if !connections.wait(claim, isPartial: false) { connections.close(claim) }
            }
            close(listener.descriptor)
        }
    }

    private func accept(_ listener: GateListener) -> ConnectionTable.Claim? {
        guard connections.count < ConnectionTable.capacity || connections.endIdle() else {
            pause()
            return nil
        }
        let descriptor = accept4(listener.descriptor, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
        guard descriptor >= 0 else {
            if errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM { pause() }
            return nil
        }
        return connections.register(descriptor, isOpenToAll: listener.isOpenToAll)
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
            events: isOn ? EPOLLIN.rawValue : 0,
            data: epoll_data_t(u64: Self.listenerBit | UInt64(index))
        )
        return epoll_ctl(poll, operation, listeners[index].descriptor, &event) == 0
    }
}
