// SPDX-License-Identifier: Apache-2.0

import Benchmark
import CAllocations
import Workload

let benchmarks: @Sendable () -> Void = {
    for operation in Workload.Operation.all { register(operation) }
    for ratio in Ratio.all { register(ratio) }
}

/// How often memory was asked for. The package's own count needs a library that is not needed here.
private let allocations = BenchmarkMetric.custom("Allocations")

/// A thousandth is 1, as what is measured are whole numbers.
private let ratios = BenchmarkMetric.custom("Ratio", useScalingFactor: false)

private func register(_ operation: Workload.Operation) {
    let configuration = Benchmark.Configuration(
        // The throughput is for the export, which insists on it.
        metrics: [.throughput, .wallClock, .readSyscalls, .writeSyscalls, allocations],
        warmupIterations: 2,
        scalingFactor: .kilo,
        maxDuration: .seconds(1),
        maxIterations: 200
    )
    Benchmark(operation.name, configuration: configuration) { benchmark, body in
        let before = allocations_count()
        try await body(benchmark.scaledIterations.count)
        benchmark.measurement(allocations, Int(allocations_count() - before))
    } setup: {
        try operation.prepare()
    }
}

private func register(_ ratio: Ratio) {
    let configuration = Benchmark.Configuration(
        metrics: [.throughput, ratios],
        warmupIterations: 2,
        maxDuration: .seconds(2),
        maxIterations: 200
    )
    Benchmark(ratio.name, configuration: configuration) { benchmark, prepared in
        benchmark.measurement(ratios, Int(try await prepared.measure() * 1000))
    } setup: {
        try ratio.prepare()
    }
}
