// SPDX-License-Identifier: Apache-2.0

import CloakroomBackup
import Testing

/// The times that backups are named by.
@Suite struct UTCTimeTests {
    @Test(arguments: [
        (0, "1970-01-01T00-00-00Z"), (1_795_894_200, "2026-11-28T19-30-00Z"), (1_709_164_799, "2024-02-28T23-59-59Z"),
        (1_709_208_000, "2024-02-29T12-00-00Z"), (253_402_300_799, "9999-12-31T23-59-59Z"),
    ]) func nameIsTheTimeAndBack(_ seconds: Int, _ name: String) {
        #expect(UTCTime(seconds: UInt64(seconds)).name == name)
        #expect(UTCTime(name: name)?.seconds == seconds)
    }

    @Test(arguments: [
        "", "2026-11-28", "2026-11-28T19:30:00Z", "2026-11-28T19-30-00", "2026-02-29T00-00-00Z", "2026-13-01T00-00-00Z",
        "2026-11-28T24-00-00Z", "2026-11-28T19-30-60Z", "1969-12-31T23-59-59Z", "2026-11-28t19-30-00Z",
        "+026-11-28T19-30-00Z", "2026-11-28T19-30-00Z ", ".incomplete-2026-11-28T19-30-00Z",
    ]) func otherTextIsNone(_ name: String) {
        #expect(UTCTime(name: name) == nil)
    }

    @Test func timesBeyondTheYear9999AreItsLastSecond() {
        #expect(UTCTime(seconds: .max).name == "9999-12-31T23-59-59Z")
    }
}
