// SPDX-License-Identifier: Apache-2.0

/// How much is done.
enum Scale {
    /// What `make test` has time for, with the debug build.
    case short
    /// What proves it, with the release build.
    case full
}
