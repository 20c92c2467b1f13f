// SPDX-License-Identifier: Apache-2.0

import CloakroomStatus

extension Metric {
    /// Adds a histogram of durations.
    mutating func add(_ labels: [Label], _ latency: LatencyStatus) {
        // What is counted while the daemon adds up may be in one figure and not in the other; the buckets must not fall.
        let count = max(latency.sinceStart.count, latency.below.last ?? 0)
        for (exponent, below) in zip(LatencyStatus.exponents, latency.below) {
            let bound = Double(UInt64(1) << UInt64(exponent)) / 1e9
            samples.append(Sample(suffix: "_bucket", labels: labels + [("le", "\(bound)")], value: "\(below)"))
        }
        samples += [
            Sample(suffix: "_bucket", labels: labels + [("le", "+Inf")], value: "\(count)"),
            Sample(suffix: "_sum", labels: labels, value: "\(Double(latency.sum) / 1e9)"),
            Sample(suffix: "_count", labels: labels, value: "\(count)"),
        ]
    }
}
