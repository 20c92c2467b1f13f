// SPDX-License-Identifier: Apache-2.0

import CloakroomCore

/// How metrics are written.
enum MetricDialect {
    /// [OpenMetrics 1.0](https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md).
    case openMetrics
    /// Prometheus's older [text format 0.0.4](https://prometheus.io/docs/instrumenting/exposition_formats/), which `promtool` reads.
    case prometheus

    /// OpenMetrics for those who say that they read it.
    init(accept: String) {
        self = accept.lowercased().contains("application/openmetrics-text") ? .openMetrics : .prometheus
    }

    /// The media type of the text.
    var contentType: String {
        switch self {
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
        }
    }

    /// The text of the metrics that have values.
    func text(_ metrics: [Metric]) -> String {
        let lines = metrics.filter { !$0.samples.isEmpty }.flatMap { head(of: $0) + $0.samples.map(line(in: $0)) }
        return (lines + (self == .openMetrics ? ["# EOF"] : [])).map { $0 + "\n" }.joined()
    }

    private func head(of metric: Metric) -> [String] {
        let name = self == .openMetrics ? metric.name : metric.name + metric.kind.suffix
        let kind = self == .prometheus && metric.kind == .info ? .gauge : metric.kind
        let unit = self == .openMetrics ? metric.unit.map { ["# UNIT \(name) \($0)"] } ?? [] : []
        return ["# TYPE \(name) \(kind)"] + unit + ["# HELP \(name) \(metric.help)"]
    }

    private func line(in metric: Metric) -> (Metric.Sample) -> String {
        { sample in
            let labels = sample.labels.map { "\($0.name)=\"\(Self.escape($0.value))\"" }.joined(separator: ",")
            return
                "\(metric.name)\(metric.kind.suffix)\(sample.suffix)\(labels.isEmpty ? "" : "{\(labels)}") \(sample.value)"
        }
    }

    /// Both formats escape three characters. Others that some reader may take for an end of a line are replaced.
    private static func escape(_ value: String) -> String {
        var result = ""
        for scalar in PrintableText.make(value).unicodeScalars {
            if scalar == "\\" || scalar == "\"" { result.unicodeScalars.append("\\") }
            result.unicodeScalars.append(scalar)
        }
        return result
    }
}

extension Metric.Kind {
    /// What names of values of this kind end with.
    fileprivate var suffix: String {
        switch self {
        case .counter: "_total"
        case .info: "_info"
        case .gauge, .histogram: ""
        }
    }
}
