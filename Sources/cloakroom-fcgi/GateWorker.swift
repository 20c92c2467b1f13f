// SPDX-License-Identifier: Apache-2.0

import CFastCGI
import CloakroomGate
import CloakroomProtocol
import Glibc

/// One thread's work: it takes connections that have something to say, and answers.
final class GateWorker {
    private typealias Claim = ConnectionTable.Claim

    /// Web servers send one record that is no request at a time, if any. Whoever sends more keeps a thread from others.
    private static let mostTurns = 64

    private let server: GateServer
    private let service: GateService
    private let daemon: DaemonConnection
    private let request = FastCGIRequest()
    private let buffer = UnsafeMutableRawBufferPointer.allocate(
        byteCount: FastCGIRequestOutline.maximumRequest,
        alignment: 8
    )

    /// A worker with a connection of its own to the daemon.
    init(_ server: GateServer, _ service: GateService) {
        self.server = server
        self.service = service
        daemon = DaemonConnection(path: service.settings.daemon, limit: service.settings.timeout)
    }

    deinit { buffer.deallocate() }

    /// Works for as long as the process lives.
    func run() -> Never {
        while true {
            if case .connection(let claim) = server.next() { work(at: claim) }
        }
    }

    /// Looks at what is there without taking it, as libfcgi has to read it, until there is nothing more to do.
    private func work(at claim: Claim) {
        var goesOn = true
        var turns = 0
        while goesOn {
            turns += 1
            guard turns <= Self.mostTurns else {
                service.statistics.add(.broken)
                server.connections.close(claim)
                return
            }
            let count = recv(
                claim.descriptor,
                buffer.baseAddress,
                buffer.count,
                Int32(MSG_PEEK | MSG_DONTWAIT)
            )
            guard count != 0 else {
                server.connections.close(claim)
                return
            }
            guard count > 0 else {
                goesOn = retry(claim)
                continue
            }
            let outline = FastCGIRequestOutline(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            goesOn = act(on: outline, claim)
        }
    }

    /// recv(2) has failed; answers whether it is worth another try at once.
    private func retry(_ claim: Claim) -> Bool {
        switch errno {
        case EINTR: return true
        case EAGAIN: return !server.connections.wait(claim, isPartial: false)
        default:
            server.connections.close(claim)
            return false
        }
    }

    /// Answers whether there may be more to do on the connection.
    private func act(on outline: FastCGIRequestOutline, _ claim: Claim) -> Bool {
        switch outline {
        case .incomplete: return !server.connections.wait(claim, isPartial: true)
        case .broken:
            service.statistics.add(.broken)
            server.connections.close(claim)
            return false
        case .leftover(let count):
            drop(count, claim)
            return true
        case .answered(let count, let answer, let closes):
            drop(count, claim)
            // It fits into the empty buffer of a connection; whoever does not read it is not waited for.
            let sent = send(claim.descriptor, answer, answer.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
            guard sent == answer.count, !closes else {
                server.connections.close(claim)
                return false
            }
            return true
        case .request(let outline):
            service.whileActive { serve(outline, claim) }
            return false
        }
    }

    /// Takes bytes that were looked at.
    private func drop(_ count: Int, _ claim: Claim) {
        _ = recv(claim.descriptor, buffer.baseAddress, count, Int32(MSG_DONTWAIT))
    }

    private func serve(_ outline: FastCGIRequestOutline.Request, _ claim: Claim) {
        guard request.begin(on: claim.descriptor, outline) else {
            service.statistics.add(.broken)
            server.connections.forget(claim)
            return
        }
        let answer = answer(outline.role, claim)
        server.connections.answer(claim)
        if request.end(with: answer.bytes), outline.keepsConnection, !server.isStopping {
            server.connections.keep(claim)
        } else {
            server.connections.close(claim)
        }
    }

    private func answer(_ role: GateRole, _ claim: Claim) -> GateAnswer {
        let parameters = GateParameters(environment: request.environment)
        let (answer, event): (GateAnswer, GateStatistics.Event)
        switch service.settings.routing.task(for: parameters, role: role) {
        case .ping: (answer, event) = (.pong, .looks)
        case .status(let parameters): (answer, event) = (status(parameters, claim), .looks)
        case .check(let check): (answer, event) = self.answer(check)
        case .answered(let ready, let kind):
            (answer, event) = (ready, kind)
            if let note = ready.note { service.notes.write(note) }
        }
        service.statistics.add(event)
        return answer
    }

    private func answer(_ check: GateCheck) -> (GateAnswer, GateStatistics.Event) {
        let reply = service.watch.reply(service.report) { daemon.ask(.check(check.request)) }
        switch reply {
        case .answer(let response):
            let (answer, event) = check.answer(to: response)
            if let note = answer.note { service.notes.write(note) }
            return (answer, event)
        case .absent(let absence): return check.answerWithoutDaemon("\(absence)")
        }
    }

    private func status(_ parameters: GateParameters, _ claim: Claim) -> GateAnswer {
        guard !claim.isOpenToAll else { return .statusRefused }
        var answer = StatusPage.answer(
            GateStatus(gate: service.status(connections: server.connections.count), daemon: daemonStatus()),
            query: parameters.text(.queryString) ?? "",
            accept: request.text("HTTP_ACCEPT")
        )
        if parameters.text(.requestMethod) == "HEAD" { answer.body = [] }
        return answer
    }

    /// A slow status is no sign that checks would be slow, so that nobody else is told of it.
    private func daemonStatus() -> GateStatus.Daemon {
        switch daemon.ask(.status) {
        case .answer(.status(let json)):
            do { return .answers(try StatusSnapshotJSON.snapshot(json)) } catch {
                return .away("its status cannot be read: install cloakroomd and cloakroom-fcgi in the same version")
            }
        case .answer(.error(let error)): return .away(error.description)
        case .answer: return .away("the daemon has answered another question")
        case .absent(let absence): return .away("\(absence)")
        }
    }
}
