// SPDX-License-Identifier: Apache-2.0

/// The version of Cloakroom, which all its programs have.
public enum ProductVersion {
    /// The version that was built.
    public static let current = "0.1.0"
}
