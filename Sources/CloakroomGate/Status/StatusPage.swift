// SPDX-License-Identifier: Apache-2.0

import CloakroomStatus

/// The status, in the form that was asked for (`docs/status-page.md`).
public enum StatusPage {
    /// The answer to a request for the status.
    ///
    /// - Parameters:
    ///   - status: What there is to show.
    ///   - query: The query of the request (`QUERY_STRING`).
    ///   - accept: The header in which Prometheus names the formats that it reads (`HTTP_ACCEPT`).
    /// - Returns: Status 200, or 503 when the daemon does not answer; metrics always with 200.
    public static func answer(_ status: GateStatus, query: String, accept: String = "") -> GateAnswer {
        switch StatusFormat(query: query) {
        case .text: answer(status, "text/plain; charset=utf-8", StatusText(status).text)
        case .json: answer(status, "application/json", StatusJSON.text(of: status))
        case .openmetrics: metrics(status, MetricDialect(accept: accept))
        case .html: page(status, nonce: ScriptNonce())
        }
    }

    private static func metrics(_ status: GateStatus, _ dialect: MetricDialect) -> GateAnswer {
        // Prometheus stores nothing of an answer that is not 200, and `cloakroom_daemon_up` says that the daemon is away.
        answer(status, dialect.contentType, dialect.text(StatusMetrics(status).families), code: 200)
    }

    private static func page(_ status: GateStatus, nonce: ScriptNonce) -> GateAnswer {
        var answer = answer(status, "text/html; charset=utf-8", StatusDocument(status, nonce: nonce).text)
        answer.headers += [
            (name: "Content-Security-Policy", value: nonce.policy), (name: "Referrer-Policy", value: "no-referrer"),
        ]
        return answer
    }

    private static func answer(_ status: GateStatus, _ type: String, _ body: String, code: Int? = nil) -> GateAnswer {
        GateAnswer(
            status: code ?? (status.isAnswered ? 200 : 503),
            headers: [
                (name: "Content-Type", value: type), (name: "Cache-Control", value: "no-store"),
                (name: "X-Content-Type-Options", value: "nosniff"),
            ],
            body: Array(body.utf8)
        )
    }
}

extension GateStatus {
    /// Whether the daemon answers.
    var isAnswered: Bool { if case .answers = daemon { true } else { false } }

    /// What the daemon says, if it does.
    var snapshot: StatusSnapshot? { if case .answers(let snapshot) = daemon { snapshot } else { nil } }
}
