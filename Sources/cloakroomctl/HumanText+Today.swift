// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Glibc

extension HumanText {
    /// Today, as `2026-01-31`.
    static func today() -> String {
        var now = time(nil)
        var parts = tm()
        localtime_r(&now, &parts)
        let pad = { (number: Int32) in number < 10 ? "0\(number)" : "\(number)" }
        return "\(1900 + parts.tm_year)-\(pad(parts.tm_mon + 1))-\(pad(parts.tm_mday))"
    }
}
