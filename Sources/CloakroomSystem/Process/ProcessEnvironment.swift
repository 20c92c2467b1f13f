// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Environment variables of this process.
public enum ProcessEnvironment {
    /// The value of a variable, nil when it is not set.
    public static func value(of name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
