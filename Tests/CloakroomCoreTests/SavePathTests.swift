// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Testing

@Suite("A save path") struct SavePathTests {
    @Test(
        "is read as PHP does",
        arguments: [
            ("/var/lib/php/sessions", 0), ("0;/var/lib/php/sessions", 0), ("5;/var/lib/php/sessions", 5),
            ("9;0600;/var/lib/php/sessions", 9), ("2;0600;/var;lib", 2),
        ]
    ) func read(text: String, depth: Int) throws {
        let path = try #require(SavePath(text))
        #expect(path.depth == depth)
        #expect(path.directory == (text.hasSuffix("lib") ? "/var;lib" : "/var/lib/php/sessions"))
    }

    @Test(
        "is refused where PHP would, or nobody means it",
        arguments: ["", ";", "1;", "x;/a", "-1;/a", "10;/a", "1;9;/a", "1;;/a", "+1;/a", "01;/a", "1;06000;/a"]
    )
    func refused(text: String) { #expect(SavePath(text) == nil) }
}
