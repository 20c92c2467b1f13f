// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
public import CloakroomStore
public import Testing

/// What every engine must do. A test suite of an engine runs each check as a test case of its own:
///
/// ```swift
/// @Test(arguments: SessionStoreConformance.checks)
/// func conforms(_ check: SessionStoreConformance.Check) async throws {
///     try await check.run(on: MyStore())
/// }
/// ```
public enum SessionStoreConformance {
    /// A named expectation of an engine.
    public struct Check: Sendable, CustomTestStringConvertible {
        /// Subject and condition.
        public let name: String
        private let body: @Sendable (any SessionStore) async throws -> Void

        init(_ name: String, _ body: @escaping @Sendable (any SessionStore) async throws -> Void) {
            self.name = name
            self.body = body
        }

        /// The name.
        public var testDescription: String { name }

        /// Runs the check on an empty store.
        public func run(on store: any SessionStore) async throws { try await body(store) }
    }

    /// All checks.
    public static let checks: [Check] =
        recordChecks + metadataChecks + expiryChecks + groupChecks + walkChecks + storeChecks

    /// The time beyond all slots.
    static let end = UnixTime(seconds: .max)
}
