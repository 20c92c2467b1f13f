// SPDX-License-Identifier: Apache-2.0

import Workload

/// How long something takes, compared with what it is made of or with the least that it could be. Both are timed in turn,
/// so that whatever else the machine does changes both.
struct Ratio {
    /// What it is called in the table and in `thresholds.json`.
    let name: String
    /// The operation that is compared.
    let operation: String
    /// What it is compared with, together.
    let base: [String]

    static let all = [
        Ratio(
            name: "seal body 2 KiB : OpenSSL alone",
            operation: "seal body 2 KiB",
            base: ["OpenSSL alone: seal 2 KiB"]
        ),
        Ratio(
            name: "open body 2 KiB : OpenSSL alone",
            operation: "open body 2 KiB",
            base: ["OpenSSL alone: open 2 KiB"]
        ),
        Ratio(
            name: "seal body 64 KiB : OpenSSL alone",
            operation: "seal body 64 KiB",
            base: ["OpenSSL alone: seal 64 KiB"]
        ),
        Ratio(
            name: "open body 64 KiB : OpenSSL alone",
            operation: "open body 64 KiB",
            base: ["OpenSSL alone: open 64 KiB"]
        ),
        Ratio(
            name: "lock, read nothing, release : read nothing and derive address",
            operation: "lock, read nothing, release",
            base: ["read nothing", "derive address"]
        ),
        Ratio(
            name: "session READ : its parts",
            operation: "session: READ",
            base: ["derive address", "derive body key", "store: get 2 KiB, in memory", "open body 2 KiB"]
        ),
        Ratio(
            name: "session WRITE 2 KiB : its parts",
            operation: "session: WRITE 2 KiB",
            base: ["seal body 2 KiB", "seal metadata", "store: put 2 KiB"]
        ),
    ]
}

extension Ratio {
    /// The operations, ready to be timed.
    struct Prepared {
        fileprivate let operation: Workload.Operation.Body
        fileprivate let base: [Workload.Operation.Body]

        /// The ratio of one round.
        func measure() async throws -> Double {
            let whole = try await Self.time(operation)
            var parts = Duration.zero
            for part in base { parts += try await Self.time(part) }
            return whole / parts
        }

        private static func time(_ body: Workload.Operation.Body) async throws -> Duration {
            try await ContinuousClock().measure { try await body(256) }
        }
    }

    func prepare() throws -> Prepared {
        Prepared(operation: try Self.body(of: operation), base: try base.map(Self.body))
    }

    private static func body(of name: String) throws -> Workload.Operation.Body {
        guard let operation = Workload.Operation.all.first(where: { $0.name == name }) else {
            throw WorkloadError("there is no operation \(name)")
        }
        return try operation.prepare()
    }
}
