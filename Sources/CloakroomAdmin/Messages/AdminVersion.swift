// SPDX-License-Identifier: Apache-2.0

/// The version of the protocol between `cloakroomctl` and `cloakroomd`. Both come from one package, so there is nothing to
/// negotiate: another version is an error that says so.
public enum AdminVersion {
    /// The version that this code speaks.
    public static let current = 1
}
