// SPDX-License-Identifier: Apache-2.0

/// Values of one kind under one name (OpenMetrics 1.0, "MetricFamily").
struct Metric {
    /// What the values are.
    enum Kind: String {
        /// Rises from the start of a process.
        case counter
        /// Goes up and down.
        case gauge
        /// How many took at most how long.
        case histogram
        /// Always 1; what it says is in its labels.
        case info
    }

    /// A base unit, with which the name ends.
    enum Unit: String {
        case seconds
        case bytes
    }

    /// A name and a text by which values of one metric differ.
    typealias Label = (name: String, value: String)

    /// One value.
    struct Sample {
        /// What the sample's name has behind that of the metric: `_bucket`, `_sum`, `_count`; empty for the value itself.
        var suffix = ""
        let labels: [Label]
        let value: String
    }

    /// The name, without what OpenMetrics adds for the kind (`_total`, `_info`).
    let name: String
    let kind: Kind
    let unit: Unit?
    /// What the value says.
    let help: String
    var samples: [Sample] = []

    init(_ name: String, _ kind: Kind, unit: Unit? = nil, _ help: String) {
        self.name = unit.map { "\(name)_\($0)" } ?? name
        self.kind = kind
        self.unit = unit
        self.help = help
    }

    /// Adds a value, if there is one.
    mutating func add(_ labels: [Label], _ value: (some BinaryInteger)?) {
        if let value { samples.append(Sample(labels: labels, value: "\(value)")) }
    }

    /// Adds the only value, if there is one.
    mutating func add(_ value: (some BinaryInteger)?) { add([], value) }

    /// Adds 1 for what is true.
    mutating func add(_ labels: [Label] = [], whether value: Bool) { add(labels, value ? 1 : 0) }

    /// Adds a time.
    mutating func add(_ labels: [Label] = [], milliseconds: (some BinaryInteger)?) {
        if let milliseconds { samples.append(Sample(labels: labels, value: "\(Double(milliseconds) / 1000)")) }
    }
}
