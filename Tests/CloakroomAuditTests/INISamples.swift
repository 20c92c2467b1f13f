// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit

/// INI texts, most of them nearly right.
enum INISamples {
    static let names = ["a", "b", "c", "x y", "session.name", "# d"]

    static let known = [
        "a = On\nb = off\nc = None\n", "a = \"x;y\" ; comment\nb = x;y\n", "a = E_ALL & ~E_NOTICE\n",
        "a = 1\nb = ${a}2\nc = \"${FROM_ENV}\"\n", "a = x\na = y\n", "[s]\na = 1\n[PATH=/x]\nb = 2\n[t]\nc = 3\n",
        "a = 'x'y'z'\n", "a = ''\nb=1", "a = b ; no newline", "a = b = c\nb = 1\n", "a = (1|2)&3\nb = !0\n",
        "\u{FEFF}a = 1\n",
        "a[] = 1\na[x] = 2\nb = 1\n", "a = 1\na[x] = 2\n", "a = \"C:\\x\\\"\nb = 1\n", "a = \"x\\\\\" \nb = 1\n",
        "  [s]\na = 1\n", "\t[s]\na = 1\n", "# d = 1\na = yes please\nb = 2\n",
        "a = \"multi\nline\"\nb = 'multi\nline'\n",
        "a = $x\nb = x$\nc = $\n", "a = 99999999999999999999|0\nb = -99999999999999999999|0\n", "[s\na = 1\n",
        "a\nb = 1\n", "a = \r\nb = 2\rc = 3\n", "on = 1\na = 2\n", "online = 1\na = TRUE\n", "a =\tx\t\n b = 2\n",
        "a = /var/lib/php/sessions\nb = 5;0600;/tmp\nc = \"5;0600;/tmp\"\n", "a = http://x/?y&z\nb = 1\n",
        "a = \"x\" y 'z' \"w\"\n", "a = \"${a\"\nb = 1\n", "a = 0x10|1\nb = ' 7'|1\n", "[PATH=]\na = 1\n", "b=$\\",
        "b=$$\\", "a=$\0\nb=1\n", "a\0b=1\nb=2\n", "a = 'x", "[ho\"st\"=x]\na = 1\n",
    ]

    private static let lines = [
        "a = ", "b=", "c =", " a=", "x y = ", "session.name = ", "a[k] = ", "[s]", "[HOST=x]", "; comment", "# d = ",
        "a", "",
        "[", "]", "b = \"", "=",
    ]
    private static let parts = [
        "on", "Off", "none", "null", "yes", "x", "E_ALL", "E_NOTICE", "12", "-3", "1.5", "/var/x", " ", "  ", "\t",
        "\"", "\"q\"",
        "'r'", "'", "''", "\\", "\\\"", "\\\\", "$", "${a}", "${b}", "${FROM_ENV}", "${", "}", "{", "|", "&", "^", "~",
        "!", "(",
        ")", ";", "; c", "=", "[", "]", ":", "#", "é", ",", ".", "$x", "$\\", "\"a;b\"", "\"a${a}b\"",
    ]
    private static let ends = ["\n", "\n", "\n", "\n", "\r\n", "\r", "", "\n\n"]

    static func text(_ random: inout SeededGenerator) -> String {
        (0..<Int.random(in: 1...5, using: &random)).map { _ in line(&random) }.joined()
    }

    private static func line(_ random: inout SeededGenerator) -> String {
        var line = lines.randomElement(using: &random) ?? ""
        let count = [0, 1, 1, 1, 2, 2, 3, 4].randomElement(using: &random) ?? 0
        for _ in 0..<count { line += parts.randomElement(using: &random) ?? "" }
        return line + (ends.randomElement(using: &random) ?? "\n")
    }
}
