// SPDX-License-Identifier: Apache-2.0

/// The outcome of opening a sealed value.
public enum Opened<Value: Sendable>: Sendable {
    /// It authenticates; this is what it holds.
    case opened(Value)
    /// It does not, and nothing of it may be used.
    case rejected(Rejection)
}
