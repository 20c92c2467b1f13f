// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CloakroomConfiguration

@Suite struct TOMLPositionsTests {
    @Test func keysAreFoundBehindEverythingThatTOMLAllows() {
        let text = """
            # [fake]
            top = 1
            long = \"\"\"
            [fake]
            a = 1 \\\"\"\" still
            \"\"\" # end
            literal = '''
            [fake]
            ''''
            list = [
              1, # ] = "
              "]", [2,
              3],
            ]
            inline = { x = 1, "y z" = [1,
            2], w.v = 3 }

            [ a . "b.c" ]  # comment
            'k' = "#"
            d.e = 1979-05-27T07:32:00Z
            "\\u0066" = 1
            [[rows]]
            r = 1
            [[rows]]
            r = 2
            """
        let positions = TOMLPositions(text: text)
        #expect(positions.line(of: ["top"]) == 2)
        #expect(positions.line(of: ["long"]) == 3)
        #expect(positions.line(of: ["literal"]) == 7)
        #expect(positions.line(of: ["list"]) == 10)
        #expect(positions.line(of: ["inline"]) == 15)
        #expect(positions.line(of: ["inline", "x"]) == 15)
        #expect(positions.line(of: ["inline", "y z"]) == 15)
        #expect(positions.line(of: ["inline", "w", "v"]) == 16)
        #expect(positions.line(of: ["a"]) == 18)
        #expect(positions.line(of: ["a", "b.c"]) == 18)
        #expect(positions.line(of: ["a", "b.c", "k"]) == 19)
        #expect(positions.line(of: ["a", "b.c", "d", "e"]) == 20)
        #expect(positions.line(of: ["a", "b.c", "f"]) == 21)
        #expect(positions.line(of: ["rows", "r"]) == 23)
        #expect(positions.line(of: ["fake"]) == 1)
        #expect(positions.line(of: ["fake", "a"]) == 1)
    }

    @Test func windowsLineEndsAreOneLineEach() {
        #expect(TOMLPositions(text: "[a]\r\nb = 1\r\nc = \"x\"\r\nd = 2\r\n").line(of: ["a", "d"]) == 4)
    }

    @Test(arguments: [
        "", "=", "[", "[[", "a", "a=", "a=[", "a={", "a=\"", "a=\"\"\"", "a=\"\\", "]", "}", "\"", "a={b", "a=[[[",
        "\"\\u12",
    ])
    func textThatIsNotTOMLComesToAnEnd(text: String) {
        #expect(TOMLPositions(text: text).line(of: ["nothing"]) == 1)
    }
}
