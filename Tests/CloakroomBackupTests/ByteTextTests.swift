// SPDX-License-Identifier: Apache-2.0

import CloakroomBackup
import Testing

@Suite struct ByteTextTests {
    @Test(arguments: [
        (0, "0 bytes"), (1023, "1023 bytes"), (1024, "1.0 KiB"), (1_572_864, "1.5 MiB"), (1 << 30, "1.0 GiB"),
        ((1 << 40) - 1, "1023.9 GiB"), (5 << 40, "5.0 TiB"), (Int.max, "8388607.9 TiB"),
    ]) func bytesAreInTheLargestUnitThatFits(_ bytes: Int, _ text: String) {
        #expect(ByteText.text(bytes) == text)
    }
}
