// SPDX-License-Identifier: Apache-2.0

import CFastCGI
import CloakroomGate
import CloakroomProtocol
import Glibc
import Synchronization

/// One thread's work: it takes connections that have something to say, asks the daemon for all of them at once, and answers.
final class GateWorker {
    /// The most connections that are taken at a time. Under load this many requests share one way to the daemon and back, which
    /// is most of what they cost; the first of them waits for as long as it takes to read the others.
    private static let batch = 16

    private typealias Claim = ConnectionTable.Claim

    /// Web servers send one record that is no request at a time, if any. Whoever sends more keeps a thread from others.
    private static let mostTurns = 64

    private let server: GateServer
    private let service: GateService
    private let daemon: DaemonConnection
    /// What libfcgi needs for a request, where there is none.
    private var spare: [FastCGIRequest] = []
    private var checks: [PendingCheck] = []
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
        var claims: [Claim] = []
        claims.reserveCapacity(Self.batch)
        while true {
            server.next(&claims, atMost: Self.batch)
            for claim in claims { work(at: claim) }
            answerChecks()
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
            serve(outline, claim)
            return false
        }
    }

    /// Takes bytes that were looked at.
    private func drop(_ count: Int, _ claim: Claim) {
        _ = recv(claim.descriptor, buffer.baseAddress, count, Int32(MSG_DONTWAIT))
    }

    private func serve(_ outline: FastCGIRequestOutline.Request, _ claim: Claim) {
        let request = spare.popLast() ?? FastCGIRequest()
        guard request.begin(on: claim.descriptor, outline) else {
            service.statistics.add(.broken)
            server.connections.forget(claim)
            spare.append(request)
            return
        }
        service.active.add(1, ordering: .relaxed)
        let open = OpenRequest(request: request, claim: claim, keepsConnection: outline.keepsConnection)
        let parameters = GateParameters(environment: request.environment)
        switch service.settings.routing.task(for: parameters, role: outline.role) {
        case .ping: answer(open, with: (.pong, .looks))
        case .status(let parameters): answer(open, with: (status(parameters, open), .looks))
        case .check(let check): checks.append(PendingCheck(check: check, request: open))
        case .answered(let ready, let kind): answer(open, with: (ready, kind))
        }
    }

    /// Asks the daemon whatever is to be asked, and answers.
    private func answerChecks() {
        guard !checks.isEmpty else { return }
        var asked = checks[...]
        if service.watch.isLate {
            // One finds out whether it answers now; the others need not wait for that.
            asked = checks.prefix(1)
            answer(checks.dropFirst(), without: .late)
        }
        switch service.watch.reply(service.report, asking: { daemon.ask(asked.map { .check($0.check.request) }) }) {
        case .answers(let answers):
            for (pending, reply) in zip(asked, answers) {
                answer(pending.request, with: pending.check.answer(to: reply))
            }
        case .absent(let absence): answer(asked, without: absence)
        }
        checks.removeAll(keepingCapacity: true)
    }

    private func answer(_ checks: ArraySlice<PendingCheck>, without absence: DaemonAbsence) {
        let reason = "\(absence)"
        for pending in checks {
            var answer = pending.check.answerWithoutDaemon(reason)
            // That the daemon is away is in the log already.
            answer.0.note = nil
            self.answer(pending.request, with: answer)
        }
    }

    private func answer(_ open: OpenRequest, with answer: (GateAnswer, GateStatistics.Event)) {
        if let note = answer.0.note { service.notes.write(note) }
        service.statistics.add(answer.1)
        server.connections.answer(open.claim)
        if open.request.end(with: answer.0.bytes), open.keepsConnection, !server.isStopping {
            server.connections.keep(open.claim)
        } else {
            server.connections.close(open.claim)
        }
        spare.append(open.request)
        service.active.subtract(1, ordering: .relaxed)
    }

    private func status(_ parameters: GateParameters, _ open: OpenRequest) -> GateAnswer {
        guard !open.claim.isOpenToAll else { return .statusRefused }
        var answer = StatusPage.answer(
            GateStatus(gate: service.status(connections: server.connections.count), daemon: daemonStatus()),
            query: parameters.text(.queryString) ?? "",
            accept: open.request.text("HTTP_ACCEPT")
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

/// A request of a web server that is to be answered.
private struct OpenRequest {
    let request: FastCGIRequest
    let claim: ConnectionTable.Claim
    let keepsConnection: Bool
}

/// One whose answer the daemon knows.
private struct PendingCheck {
    let check: GateCheck
    let request: OpenRequest
}
