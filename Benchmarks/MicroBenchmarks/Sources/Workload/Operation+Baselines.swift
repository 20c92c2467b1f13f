// SPDX-License-Identifier: Apache-2.0

import CBaseline

extension Operation {
    /// AES-256-GCM by OpenSSL and nothing else, with a context that is kept: what sealing and opening cost at least.
    static let baselines = [
        baseline("OpenSSL alone: seal 2 KiB", Samples.size, baseline_seal),
        baseline("OpenSSL alone: open 2 KiB", Samples.size, baseline_open),
        baseline("OpenSSL alone: seal 64 KiB", Samples.large, baseline_seal),
        baseline("OpenSSL alone: open 64 KiB", Samples.large, baseline_open),
    ]

    private static func baseline(
        _ name: String,
        _ count: Int,
        _ step: @escaping @Sendable (OpaquePointer?) -> Int32
    ) -> Operation {
        Operation(name) {
            let context = try BaselineContext(count)
            guard baseline_seal(context.pointer) == 1 else { throw WorkloadError("expected a sealed buffer") }
            return {
                for _ in 0..<$0 where step(context.pointer) != 1 { throw WorkloadError("expected OpenSSL to agree") }
            }
        }
    }
}

/// `@unchecked Sendable` because an operation is carried out by one task.
private final class BaselineContext: @unchecked Sendable {
    let pointer: OpaquePointer

    init(_ count: Int) throws { pointer = try require(baseline_new(count), "a context of OpenSSL's") }

    deinit { baseline_free(pointer) }
}
