// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// How long requests took, in milliseconds, as their clients saw it.
final class Latencies: Sendable {
    /// Those of a while.
    struct Sample {
        let values: [Double]

        /// What 99 of a hundred did not exceed.
        var p99: Double {
            values.isEmpty ? 0 : values.sorted()[min(values.count * 99 / 100, values.count - 1)]
        }
    }

    private let values = Mutex<[Double]>([])

    func add(_ milliseconds: Double) { values.withLock { $0.append(milliseconds) } }

    /// Those since the last call.
    func take() -> Sample {
        values.withLock { values in
            defer { values = [] }
            return Sample(values: values)
        }
    }
}
