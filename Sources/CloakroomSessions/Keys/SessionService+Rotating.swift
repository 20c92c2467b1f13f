// SPDX-License-Identifier: Apache-2.0

extension SessionService {
    /// Whether a rotation is under way, also one that nobody waits for.
    public var isRotating: Bool { rotation.isUnderWay }
}
