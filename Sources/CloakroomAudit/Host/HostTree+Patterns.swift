// SPDX-License-Identifier: Apache-2.0

import Glibc

extension HostTree {
    /// The paths that match a pattern of a shell (glob(7)), in order.
    ///
    /// - Parameter pattern: an absolute one.
    public func paths(matching pattern: String) -> [String] {
        var paths = [""]
        for part in pattern.split(separator: "/").map(String.init) {
            if part.contains(where: { "*?[\\".contains($0) }) {
                paths = paths.flatMap { parent in
                    (names(in: parent.isEmpty ? "/" : parent) ?? [])
                        .filter { fnmatch(part, $0, FNM_PERIOD) == 0 }
                        .map { parent + "/" + $0 }
                }
            } else {
                paths = paths.map { $0 + "/" + part }
            }
        }
        return paths.filter { status(of: $0) != nil }
    }
}
