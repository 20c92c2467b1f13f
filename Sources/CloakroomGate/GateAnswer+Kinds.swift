// SPDX-License-Identifier: Apache-2.0

extension GateAnswer {
    /// The sign of life, as PHP-FPM gives it (`ping.response`).
    public static let pong = GateAnswer(
        status: 200,
        headers: [("Content-Type", "text/plain; charset=UTF-8"), uncached],
        body: Array("pong".utf8)
    )

    /// An answer to a check: its reason, more headers, and for people its own words unless the request goes on.
    static func check(
        _ status: Int,
        _ reason: GateReason,
        _ more: [(name: String, value: String)] = [],
        note: String? = nil
    ) -> GateAnswer {
        GateAnswer(
            status: status,
            headers: [uncached, ("Cloakroom-Reason", reason.rawValue)] + more,
            note: note
        )
    }

    /// The same with a text as its body.
    func with(text: String) -> GateAnswer {
        var answer = self
        answer.headers.append(("Content-Type", "text/plain; charset=UTF-8"))
        answer.body = Array("\(text)\n".utf8)
        return answer
    }

    /// The answer to a request that cannot be judged.
    static func misconfigured(_ mistake: GateMisconfiguration) -> GateAnswer {
        check(500, .misconfigured, note: mistake.text).with(text: "cloakroom-fcgi: \(mistake.text)")
    }

    private static var uncached: (name: String, value: String) { ("Cache-Control", "no-store") }
}
