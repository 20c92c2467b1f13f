// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomGate
import CloakroomProtocol
import FuzzDriver

/// A first byte that chooses the role, then parameters, each a line `NAME=VALUE` (in a value a byte 0x1f stands for the end of a line): what
/// is answered is a response of whole lines, and lets nobody through of whom the daemon has not said that the session is alive.
@main
enum FuzzGateParameters {
    static func main() { FuzzDriver.run(test) }

    private static func test(_ input: UnsafeRawBufferPointer) {
        guard let first = input.first else { return }
        let parameters = GateParameters(
            input.dropFirst().split(separator: UInt8(ascii: "\n")).map { line in
                let end = line.firstIndex(of: UInt8(ascii: "=")) ?? line.endIndex
                let value = line[end...].dropFirst().map { $0 == 0x1f ? UInt8(ascii: "\n") : $0 }
                return (name: Array(line[..<end]), value: value)
            }
        )
        let role: GateRole = first & 1 == 0 ? .responder : .authorizer
        switch GateRouting().task(for: parameters, role: role) {
        case .ping, .status: precondition(role == .responder, "an authorizer that does not check")
        case .answered(let answer, let event):
            precondition(event == .unauthorized || event == .misconfigured)
            precondition(!isAdmitted(answer), "let through without the daemon")
            check(answer)
        case .check(let check): ask(check, parameters)
        }
    }

    private static let absences = (0...9).map { GateResponse.notAlive(AbsenceReason(rawValue: $0)) }
    private static let errors = (0...30).map { GateResponse.error(ProtocolError(ErrorCode(rawValue: $0), "\r\nwhy")) }

    private static func ask(_ question: GateCheck, _ parameters: GateParameters) {
        for response in absences {
            let (answer, _) = question.answer(to: response)
            precondition(!isAdmitted(answer), "let through without a session")
            check(answer)
        }
        let doubts = errors.map { question.answer(to: $0) } + [question.answerWithoutDaemon("\r\nwhy")]
        for (answer, event) in doubts + [question.answer(to: .status([]))] {
            precondition(isAdmitted(answer) == (event == .admittedUnchecked))
            precondition(!isAdmitted(answer) || parameters.text(.onError) == "allow", "let through unchecked")
            check(answer)
        }
        for user in [nil, UserName(Array("a\r\nb\0\u{e9}%".utf8))] {
            var alive = GateResponse.Alive(tag: SessionTag(bits: 1), age: 1, idle: .max, remaining: 0)
            alive.user = user.map { GateResponse.Alive.User(name: $0, age: 1) }
            let (answer, event) = question.answer(to: .alive(alive))
            precondition(isAdmitted(answer) == (event == .admitted))
            precondition(
                isAdmitted(answer)
                    || (user == nil && (parameters[.require] != nil || parameters[.maximumAuthAge] != nil)),
                "kept out without a reason"
            )
            check(answer)
        }
    }

    private static func isAdmitted(_ answer: GateAnswer) -> Bool { (200..<300).contains(answer.status) }

    /// Whether the response has as many lines as it has headers, and in them nothing but printable ASCII.
    private static func check(_ answer: GateAnswer) {
        let head = answer.bytes.dropLast(answer.body.count)
        precondition(head.count(where: { $0 == UInt8(ascii: "\n") }) == answer.headers.count + 2, "a line too many")
        precondition(
            head.allSatisfy { (0x20...0x7e).contains($0) || $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") }
        )
    }
}
