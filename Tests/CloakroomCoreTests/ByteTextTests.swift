// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Testing

@Suite struct ByteTextTests {
    @Test(arguments: [
        (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1_572_864, "1.5 MiB"), (10_240, "10 KiB"),
        (1 << 30, "1.0 GiB"), ((1 << 40) - 1, "1024 GiB"), (5 << 40, "5.0 TiB"), (Int.max, "8192 PiB"),
    ]) func bytesAreInTheLargestUnitThatFits(_ bytes: Int, _ text: String) {
        #expect(ByteText.text(bytes) == text)
    }
}
