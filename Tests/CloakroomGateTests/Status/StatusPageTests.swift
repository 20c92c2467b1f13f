// SPDX-License-Identifier: Apache-2.0

import CloakroomGate
import CloakroomStatus
import FoundationEssentials
import Testing

@Suite struct StatusPageTests {
    private static func header(_ answer: GateAnswer, _ name: String) -> String? {
        let found = answer.headers.filter { $0.name == name }
        return found.count == 1 ? found[0].value : nil
    }

    private static func text(_ answer: GateAnswer) -> String { String(decoding: answer.body, as: UTF8.self) }

    @Test(arguments: [
        ("", "text/plain; charset=utf-8"), ("json", "application/json"), ("html", "text/html; charset=utf-8"),
        ("openmetrics", "text/plain; version=0.0.4; charset=utf-8"),
    ])
    func eachFormatHasItsType(query: String, type: String) {
        for sample in StatusSample.allCases {
            let answer = StatusPage.answer(sample.status(), query: query)
            #expect(answer.status == (sample == .away && query != "openmetrics" ? 503 : 200))
            #expect(Self.header(answer, "Content-Type") == type)
            #expect(Self.header(answer, "Cache-Control") == "no-store")
            #expect(Self.header(answer, "X-Content-Type-Options") == "nosniff")
        }
    }

    @Test func jsonIsWhatTheDaemonSaysAndTheGate() throws {
        struct GateField: Decodable { let gate: GateStatus.Gate }
        for sample in StatusSample.allCases where sample != .away {
            let status = sample.status()
            let body = Data(StatusPage.answer(status, query: "json").body)
            let snapshot = try JSONDecoder().decode(StatusSnapshot.self, from: body)
            #expect(status.daemon == .answers(snapshot))
            #expect(try JSONDecoder().decode(GateField.self, from: body).gate == status.gate)
            #expect(Self.text(StatusPage.answer(status, query: "json")).hasPrefix("{\"daemon\":{"))
        }
    }

    @Test func jsonOfAnAbsentDaemonSaysWhy() throws {
        struct Fields: Decodable {
            let gate: GateStatus.Gate
            let error: String
            let pools: [PoolStatus]?
        }
        let status = StatusSample.away.status()
        let fields = try JSONDecoder().decode(Fields.self, from: Data(StatusPage.answer(status, query: "json").body))
        #expect(fields.gate == status.gate)
        #expect(status.daemon == .away(fields.error))
        #expect(fields.pools == nil)
    }

    @Test func textHasOneFieldInALine() {
        let text = Self.text(StatusPage.answer(StatusSample.data.status(), query: "full"))
        let lines = text.split(separator: "\n")
        #expect(lines.first?.hasSuffix("all is well") == true)
        #expect(lines.contains { $0.hasPrefix("pool:") && $0.hasSuffix(" shop") })
        #expect(lines.contains { $0.hasPrefix("lock waiters:") && $0.hasSuffix(" 13") })
        #expect(lines.contains { $0.hasPrefix("held by:") && $0.contains("process 2088 for 4.3 s: POST /checkout") })
        #expect(lines.contains { $0.hasPrefix("gate admitted:") && $0.hasSuffix(" 120000") })
        #expect(lines.allSatisfy { $0.contains(": ") })
    }

    @Test func textOfVisitorsStaysInItsLine() {
        let text = Self.text(StatusPage.answer(StatusSample.hostile.status(), query: ""))
        #expect(!text.contains("\nSet-Cookie"))
        #expect(!text.unicodeScalars.contains { $0.value < 32 && $0 != "\n" || $0 == "\u{202E}" })
    }

    @Test func absentDaemonIsSaidInEveryFormat() {
        let status = StatusSample.away.status()
        for query in ["", "html", "json"] {
            let text = Self.text(StatusPage.answer(status, query: query))
            #expect(text.contains("nobody listens on /run/cloakroom/gate.sock"), "\(query)")
            #expect(text.contains(query == "json" ? "120000" : query == "html" ? "120,000" : "120000"), "\(query)")
        }
        let metrics = Self.text(StatusPage.answer(status, query: "openmetrics"))
        #expect(metrics.contains("\ncloakroom_daemon_up 0\n"))
        #expect(metrics.contains("\ncloakroom_gate_events_total{event=\"admitted\"} 120000\n"))
    }

    @Test func pageRunsItsOwnScriptOnly() throws {
        let answers = (0..<2).map { _ in StatusPage.answer(StatusSample.data.status(), query: "html") }
        let policies = try answers.map { try #require(Self.header($0, "Content-Security-Policy")) }
        #expect(policies[0] != policies[1])
        let nonce = try #require(policies[0].firstMatch(of: /script-src 'nonce-([0-9a-f]{32})'/)?.1)
        #expect(policies[0].contains("style-src 'nonce-\(nonce)'"))
        for part in [
            "default-src 'none'", "connect-src 'self'", "base-uri 'none'", "form-action 'none'",
            "frame-ancestors 'none'",
        ] {
            #expect(policies[0].contains(part))
        }
        #expect(Self.header(answers[0], "Referrer-Policy") == "no-referrer")
        let text = Self.text(answers[0])
        #expect(text.contains("<script nonce=\"\(nonce)\">"))
        #expect(text.contains("<style nonce=\"\(nonce)\">"))
    }

    /// The charts have what the daemon counts; waits for locks are parts of other requests, and in the chart of latencies only.
    @Test func chartsHaveEveryKindAndEveryRefusal() throws {
        let page = Self.text(StatusPage.answer(StatusSample.data.status(step: 1), query: "html"))
        func list(_ name: String) throws -> Set<String> {
            let pattern = try Regex("const \(name) = \\[([^\\]]*)\\]")
            let names = try #require(try pattern.firstMatch(in: page)?.output[1].substring)
            return Set(names.matches(of: /"(\w+)"/).map { String($0.1) })
        }
        #expect(try list("KINDS") == Set(LatencyStatus.Kind.allCases.map(\.rawValue)).subtracting(["lockWait"]))
        #expect(try list("REFUSALS") == Set(PoolStatus.refusals))
    }

    @Test func pageHasNothingThatItsPolicyForbids() {
        let text = Self.text(StatusPage.answer(StatusSample.data.status(), query: "html"))
        #expect(text.firstMatch(of: /\sstyle=|\son[a-z]+="/) == nil)
        #expect(text.firstMatch(of: /(src|href)="(?!data:,|\?)/) == nil)
        #expect(!text.contains("innerHTML"))
    }

    @Test func markupOfThePageIsNoText() {
        for sample in StatusSample.allCases where sample != .hostile {
            let text = Self.text(StatusPage.answer(sample.status(), query: "html"))
            let escaped = ["&lt;", "&gt;", "&quot;"].filter(text.contains)
            #expect(escaped == [])
        }
    }

    @Test func textOfVisitorsIsNoMarkup() {
        let text = Self.text(StatusPage.answer(StatusSample.hostile.status(), query: "html"))
        #expect(text.matches(of: /<script/).count == 2)
        #expect(text.matches(of: /<\/script/).count == 2)
        // What is between the tags of the JSON is no markup; what it may not have is above.
        let markup = text.replacing(/<script type.*?<\/script>/.dotMatchesNewlines(), with: "")
        let found = ["<img", "<!--<", "' onmouseover", "\u{202E}", "\u{0}", "\r"].filter(markup.contains)
        #expect(found == [])
        let isShown = markup.contains("&lt;script&gt;document.title=&#39;taken&#39;&lt;/script&gt;")
        #expect(isShown)
    }
}
