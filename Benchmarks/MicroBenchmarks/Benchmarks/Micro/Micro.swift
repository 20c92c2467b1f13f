// SPDX-License-Identifier: Apache-2.0

import Benchmark
import CAllocations
import Workload

/// How often memory was asked for.
private let allocations = BenchmarkMetric.custom("Allocations")

let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = Benchmark.Configuration(
        metrics: [.wallClock, .throughput, allocations, .readSyscalls, .writeSyscalls],
        warmupIterations: 2,
        scalingFactor: .kilo,
        maxDuration: .seconds(1),
        maxIterations: 200
    )
    for operation in Operation.all {
        Benchmark(operation.name) { benchmark, body in
            let before = allocations_count()
            try await body(benchmark.scaledIterations.count)
            benchmark.measurement(allocations, Int(allocations_count() - before))
        } setup: {
            try operation.prepare()
        }
    }
}
