// SPDX-License-Identifier: Apache-2.0

/// Numbers of bytes as people read them.
public enum ByteText {
    /// In the largest binary unit of which there is one, with one decimal place: `1.5 GiB`.
    public static func text(_ bytes: Int) -> String {
        for (shift, unit) in [(40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")] where bytes >= 1 << shift {
            let tenths = ((bytes >> (shift - 10)) * 10) >> 10
            return "\(tenths / 10).\(tenths % 10) \(unit)"
        }
        return "\(bytes) bytes"
    }
}
