// SPDX-License-Identifier: Apache-2.0

extension SessionSealer {
    /// How many bytes a sealed body of so many bytes of session data has.
    public static func bodyLength(ofData count: UInt64) -> UInt64 {
        let (length, overflow) = count.addingReportingOverflow(UInt64(RecordFormat.bodyOverhead))
        return overflow ? .max : length
    }
}
