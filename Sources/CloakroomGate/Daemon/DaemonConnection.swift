// SPDX-License-Identifier: Apache-2.0

public import CloakroomProtocol
import CloakroomSystem
import NIOCore

/// One thread's way to the daemon: a connection that is made when it is needed, and made anew when it is broken.
public final class DaemonConnection {
    private let address: UnixSocketAddress?
    private let limit: Duration
    private var socket: DaemonSocket?
    private var output = ByteBuffer()

    /// Connects to nothing yet.
    ///
    /// - Parameters:
    ///   - path: the gate's socket of the daemon.
    ///   - limit: how long a request may take with everything: connecting, and a second attempt.
    public init(path: String, limit: Duration) {
        address = UnixSocketAddress(path: path)
        self.limit = limit
    }

    /// Asks, and waits for the answer.
    ///
    /// A connection that turns out to be broken is replaced once, as the daemon may have restarted since it was used; to ask
    /// a second time changes nothing.
    public func ask(_ request: GateRequest) -> DaemonReply {
        let deadline = MonotonicTime.now + limit
        if socket != nil {
            let reply = attempt(request, until: deadline)
            guard case .absent(.lost) = reply else { return reply }
        }
        return attempt(request, until: deadline)
    }

    private func attempt(_ request: GateRequest, until deadline: MonotonicTime) -> DaemonReply {
        do throws(DaemonAbsence) {
            return .answer(try exchange(request, until: deadline))
        } catch {
            // Whatever it still sends is for nobody.
            socket = nil
            return .absent(error)
        }
    }

    private func exchange(_ request: GateRequest, until deadline: MonotonicTime) throws(DaemonAbsence) -> GateResponse {
        output.clear()
        let known = socket
        if known == nil { GateRequest.hello(.current).encode(into: &output) }
        request.encode(into: &output)
        let socket = if let known { known } else { try connect(until: deadline) }
        try socket.send(output, until: deadline)
        if known == nil { try Self.greet(socket.receive(until: deadline)) }
        let answer = try socket.receive(until: deadline)
        guard !socket.hasRest else { throw .malformed("more than one answer") }
        try Self.check(answer, answers: request)
        self.socket = socket
        return answer
    }

    private func connect(until deadline: MonotonicTime) throws(DaemonAbsence) -> DaemonSocket {
        guard let address else { throw .unreachable("its path is too long for a socket, or empty") }
        return try DaemonSocket(address, until: deadline)
    }

    private static func greet(_ answer: GateResponse) throws(DaemonAbsence) {
        switch answer {
        case .hello(.current, daemon: _): break
        case .hello(let version, let daemon):
            throw .refused(
                "it is cloakroomd \(daemon) and speaks version \(version.rawValue) of the gate protocol, this gate "
                    + "\(ProtocolVersion.current.rawValue): install both in the same version"
            )
        case .error(let error): throw .refused(error.message)
        case .alive, .notAlive, .status: throw .malformed("HELLO was not answered with HELLO_OK")
        }
    }

    private static func check(_ answer: GateResponse, answers request: GateRequest) throws(DaemonAbsence) {
        switch (request, answer) {
        case (.check, .alive), (.check, .notAlive), (.status, .status), (.hello, .hello), (_, .error): break
        default: throw .malformed("the answer to another request")
        }
    }
}
