// SPDX-License-Identifier: Apache-2.0

import CloakroomGate
import CloakroomProcessKit
import CloakroomStatus
import Foundation
import Testing

/// The metrics, read by Prometheus's own programs.
@Suite struct StatusMetricsTests {
    /// What Prometheus 2.42 sends.
    private static let accept =
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"

    /// Reads OpenMetrics, and shows the number of metrics and of samples.
    private static let reader = """
        import sys
        from prometheus_client.openmetrics.parser import text_string_to_metric_families
        with open(sys.argv[1], newline="") as file:
            families = list(text_string_to_metric_families(file.read()))
        print(len(families), sum(len(family.samples) for family in families))
        """

    private func text(_ sample: StatusSample, accept: String = "") -> String {
        String(
            decoding: StatusPage.answer(sample.status(step: 3), query: "openmetrics", accept: accept).body,
            as: UTF8.self
        )
    }

    private func written(_ text: String, _ use: (String) throws -> Void) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "cloakroom-metrics-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(text.utf8).write(to: file)
        try use(file.path)
    }

    @Test(arguments: StatusSample.allCases)
    func promtoolHasNothingToSay(sample: StatusSample) throws {
        try written(text(sample)) { file in
            // 127: the package prometheus is missing.
            let (status, output) = try DaemonProcess.run("/bin/sh", ["-c", "promtool check metrics < \(file) 2>&1"])
            #expect(status == 0)
            #expect(output == "")
        }
    }

    @Test(arguments: StatusSample.allCases)
    func openMetricsIsReadStrictly(sample: StatusSample) throws {
        let text = text(sample, accept: Self.accept)
        #expect(text.hasSuffix("\n# EOF\n"))
        try written(text) { file in
            // A ModuleNotFoundError: the package python3-prometheus-client is missing.
            let (status, output) = try DaemonProcess.run("/usr/bin/python3", ["-c", Self.reader, file])
            let lines = text.split(separator: "\n")
            let families = lines.count { $0.hasPrefix("# TYPE ") }
            #expect(status == 0)
            #expect(output == "\(families) \(lines.count { !$0.hasPrefix("#") })\n")
        }
    }

    @Test func bothDialectsSayTheSame() {
        for sample in StatusSample.allCases {
            let values = [text(sample), text(sample, accept: Self.accept)].map { text in
                text.split(separator: "\n").filter { !$0.hasPrefix("#") }
            }
            #expect(values[0] == values[1])
        }
    }

    @Test func eachDialectHasItsType() {
        let types = ["", "text/plain", Self.accept].map { accept in
            StatusPage.answer(StatusSample.empty.status(), query: "openmetrics", accept: accept).headers
                .first { $0.name == "Content-Type" }?.value
        }
        let old = "text/plain; version=0.0.4; charset=utf-8"
        #expect(types == [old, old, "application/openmetrics-text; version=1.0.0; charset=utf-8"])
    }

    @Test func valuesAreInBaseUnits() {
        let lines = Set(text(.data).split(separator: "\n").map(String.init))
        for line in [
            "cloakroom_daemon_up 1", "cloakroom_well 1", "cloakroom_daemon_uptime_seconds 172806.0",
            "cloakroom_sessions{pool=\"shop\"} 48238", "cloakroom_lock_waiters{pool=\"blog\"} 13",
            "cloakroom_lock_oldest_contended_seconds{pool=\"shop\"} 4.31",
            "cloakroom_refusals_total{pool=\"shop\",reason=\"over_limit\"} 0",
            "cloakroom_reads_total{pool=\"shop\",result=\"absent\"} 31000",
            "cloakroom_warning{pool=\"shop\",code=\"lock_held\"} 0", "cloakroom_warning{pool=\"\",code=\"clock\"} 0",
            "cloakroom_store_writes{pool=\"shop\",state=\"taken\"} 1", "cloakroom_gate_info{version=\"0.1.0\"} 1",
        ] {
            #expect(lines.contains(line), "\(line)")
        }
    }

    @Test func histogramsAreCumulative() throws {
        let name = "cloakroom_request_duration_seconds"
        let lines = text(.data).split(separator: "\n").filter { $0.contains("pool=\"shop\",kind=\"write\"") }
        let buckets = lines.filter { $0.hasPrefix("\(name)_bucket") }
        #expect(buckets.count == LatencyStatus.exponents.count + 1)
        #expect(buckets.first?.contains("le=\"4.096e-06\"") == true)
        #expect(buckets.last?.contains("le=\"+Inf\"") == true)
        let counts = try buckets.map { try #require($0.split(separator: " ").last.flatMap { Int($0) }) }
        #expect(counts == counts.sorted())
        #expect(lines.last == "\(name)_count{pool=\"shop\",kind=\"write\"} \(try #require(counts.last))")
    }

    @Test func warningsAreThere() {
        let lines = Set(text(.warnings).split(separator: "\n").map(String.init))
        for code in ["store_refuses_writes", "disk_nearly_full", "key_missing", "lock_held", "rotating"] {
            #expect(lines.contains("cloakroom_warning{pool=\"shop\",code=\"\(code)\"} 1"), "\(code)")
        }
        #expect(lines.contains("cloakroom_warning{pool=\"\",code=\"connections\"} 1"))
        #expect(lines.contains("cloakroom_well 0"))
    }

    @Test func textOfVisitorsStaysInItsLabel() {
        #expect(text(.hostile).contains("pool=\"\\\\\\\" } cloakroom_fake 1\""))
        #expect(!text(.hostile).contains("\ncloakroom_fake"))
    }

    /// The alerts that are delivered are rules, of metrics that there are.
    @Test func alertsAreOfTheseMetrics() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardizedFileURL
        let rules = root.appending(path: "conf/prometheus/cloakroom.rules.yml").path
        let (status, output) = try DaemonProcess.run("/usr/bin/promtool", ["check", "rules", rules])
        #expect(status == 0, "\(output)")
        let metrics = text(.data)
        let names = try TestFile.text(rules).matches(of: /cloakroom_\w+/).map { String($0.output) }
        #expect(names.count > 6)
        for name in names { #expect(metrics.contains("\n\(name)"), "\(name)") }
        let codes = try TestFile.text(rules).matches(of: /code=~"([^"]*)"/).flatMap { $0.1.split(separator: "|") }
        for code in codes { #expect(metrics.contains("code=\"\(code)\""), "\(code)") }
    }

    /// Each metric is explained.
    @Test func pageOfTheDocumentationNamesAll() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardizedFileURL
        let page = try TestFile.text(root.appending(path: "docs/status-page.md").path)
        let names = text(.data).matches(of: /# TYPE (\w+)/).map { String($0.1) }
        #expect(names.filter { !page.contains("`\($0)`") && !page.contains("`\($0){") } == [])
    }
}
