// SPDX-License-Identifier: Apache-2.0

/// Rows in columns that are printed page by page, so that a list of any length takes little memory. A column is as wide as its widest
/// text so far.
struct PagedTable {
    private let columns: [(title: String, alignment: Table.Alignment)]
    private var widths: [Int]
    private var isBegun = false

    init(_ columns: [(title: String, alignment: Table.Alignment)]) {
        self.columns = columns
        widths = columns.map(\.title.count)
    }

    /// The lines of a page, before the first of which come the titles.
    mutating func lines(_ rows: [[String]]) -> String {
        for row in rows {
            for (column, text) in row.enumerated() { widths[column] = max(widths[column], text.count) }
        }
        var text = ""
        if !isBegun { append(columns.map(\.title), to: &text) }
        isBegun = true
        for row in rows { append(row, to: &text) }
        return text
    }

    private func append(_ row: [String], to text: inout String) {
        var line = ""
        for (column, cell) in row.enumerated() {
            let space = String(repeating: " ", count: widths[column] - cell.count)
            line += columns[column].alignment == .left ? cell + space : space + cell
            line += "  "
        }
        while line.last == " " { line.removeLast() }
        text += line + "\n"
    }
}
