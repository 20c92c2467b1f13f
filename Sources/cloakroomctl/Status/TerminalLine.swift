// SPDX-License-Identifier: Apache-2.0

/// A line as it stands on a terminal.
enum TerminalLine {
    /// As much of a line as fits; what only changes looks takes no room.
    static func cut(_ line: String, to columns: Int) -> String {
        var result = ""
        var room = columns
        var isSequence = false
        for character in line {
            if character == "\u{1B}" { isSequence = true }
            if !isSequence {
                guard room > 0 else { continue }
                room -= 1
            }
            result.append(character)
            if isSequence, character.isLetter { isSequence = false }
        }
        return result
    }
}
