// SPDX-License-Identifier: Apache-2.0

extension SessionService {
    /// Looks at all that is stored: whether each record's metadata authenticate, and its body is there and fits them; whether expiry
    /// entries and the groups of users agree with the records, both ways; and whether the engine can read it all. What is in a body can
    /// be told with the session's id only. It changes nothing, and requests go on beside it.
    ///
    /// - Parameters:
    ///   - pause: is called now and then with how far it is, and ends it by throwing.
    ///   - found: gets each thing that is not as it has to be.
    /// - Throws: `StoreError` for faults of the engine other than damage, `CryptoError`, `CancellationError`, and what `pause` and
    ///   `found` throw.
    public func verify(
        pause: @escaping (VerificationProgress) async throws -> Void,
        found: @escaping (VerificationFinding) async throws -> Void
    ) async throws -> VerificationSummary {
        var verification = StoreVerification(records: records, latches: latches, pause: pause, found: found)
        return try await verification.run()
    }
}
