// SPDX-License-Identifier: Apache-2.0

/// An operation did not do what is measured, or is not there.
public struct WorkloadError: Error, CustomStringConvertible {
    /// What was expected.
    public let description: String

    /// Says what was expected.
    public init(_ description: String) { self.description = description }
}

/// Unwraps what is there unless the workload is wrong.
func require<Value>(_ value: Value?, _ what: String) throws(WorkloadError) -> Value {
    guard let value else { throw WorkloadError("expected \(what)") }
    return value
}
