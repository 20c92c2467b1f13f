// SPDX-License-Identifier: Apache-2.0

import CloakroomAudit
import FuzzDriver

/// Any bytes as an INI file of PHP: statements in the order of their lines, and an end.
@main
enum FuzzINI {
    static func main() { FuzzDriver.run(test) }

    private static func test(_ input: UnsafeRawBufferPointer) {
        var parser = INIParser(Array(input), variables: ["a": "b"])
        var line = 1
        do {
            while let statement = try parser.next() {
                precondition(statement.line >= line, "a statement before the one before it")
                line = statement.line
            }
        } catch {
            precondition(error.line >= line, "an error before what was understood")
        }
        precondition((try? parser.next()) == .some(nil), "something after the end")
    }
}
