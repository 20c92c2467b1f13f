// SPDX-License-Identifier: Apache-2.0

import Workload

/// Does one operation so many times, for valgrind to count instructions: `instructions NAME COUNT`. Without arguments it
/// lists the names.
@main
struct Instructions {
    static func main() async throws {
        guard CommandLine.arguments.count == 3, let count = Int(CommandLine.arguments[2]) else {
            for operation in Operation.all { print(operation.name) }
            return
        }
        guard let operation = Operation.all.first(where: { $0.name == CommandLine.arguments[1] }) else {
            throw WorkloadError("there is no operation of that name")
        }
        let body = try operation.prepare()
        // What is made once, such as a thread or a context, is made before.
        try await body(64)
        try await body(count)
    }
}
