// SPDX-License-Identifier: Apache-2.0

/// Numbers of bytes as people read them.
public enum ByteText {
    private static let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]

    /// In the largest unit of which there is one, with two or three digits: `512 B`, `1.5 KiB`, `12 MiB`.
    public static func text(_ bytes: some BinaryInteger) -> String {
        var (value, unit) = (Double(bytes), 0)
        while value >= 1024, unit + 1 < units.count {
            value /= 1024
            unit += 1
        }
        guard unit > 0 else { return "\(bytes) B" }
        let tenths = Int((value * 10).rounded())
        return value < 9.95 ? "\(tenths / 10).\(tenths % 10) \(units[unit])" : "\(Int(value.rounded())) \(units[unit])"
    }
}
