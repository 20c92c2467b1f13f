// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomGate
import CloakroomProtocol

/// Requests for tests, and what comes of them.
enum Requests {
    static let id = "0123456789abcdef0123456789abcdef"

    /// The parameters of a browser's request with a session, and more or others.
    static func parameters(_ more: [String: String] = [:], without: Set<String> = []) -> GateParameters {
        let usual = ["REMOTE_ADDR": "192.0.2.1", "HTTP_USER_AGENT": "Browser/1", "HTTP_COOKIE": "PHPSESSID=\(id)"]
        let all = usual.merging(more) { $1 }.filter { !without.contains($0.key) }
        return GateParameters(all.map { (name: Array($0.key.utf8), value: Array($0.value.utf8)) })
    }

    static func task(
        _ more: [String: String] = [:],
        without: Set<String> = [],
        role: GateRole = .responder
    ) -> GateTask {
        GateRouting().task(for: parameters(more, without: without), role: role)
    }

    /// The check that a request asks for; `nil`: another task.
    static func check(
        _ more: [String: String] = [:],
        without: Set<String> = [],
        role: GateRole = .responder
    ) -> GateCheck? {
        guard case .check(let check) = task(more, without: without, role: role) else { return nil }
        return check
    }

    /// The answer that needs no daemon; `nil`: another task.
    static func answer(
        _ more: [String: String] = [:],
        without: Set<String> = [],
        role: GateRole = .responder
    ) -> GateAnswer? {
        guard case .answered(let answer, _) = task(more, without: without, role: role) else { return nil }
        return answer
    }

    /// A session that is alive.
    static func alive(user: String? = nil, userAge: UInt32 = 30) -> GateResponse.Alive {
        GateResponse.Alive(
            tag: SessionTag(bits: 0x0123_4567_89ab),
            age: 100,
            idle: 20,
            remaining: 1420,
            user: user.flatMap { UserName(Array($0.utf8)) }.map { GateResponse.Alive.User(name: $0, age: userAge) }
        )
    }
}

extension GateAnswer {
    var reason: String? { header("Cloakroom-Reason") }
    var text: String { String(decoding: body, as: UTF8.self) }
}
