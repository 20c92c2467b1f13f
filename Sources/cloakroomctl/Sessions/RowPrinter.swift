// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import Glibc

/// Prints the rows of a list as they come: a table for people, else each row as a line of JSON.
final class RowPrinter<Row: Encodable> {
    private let isJSON: Bool
    private var table: PagedTable
    private let cells: (Row) -> [String]

    init(
        _ columns: [(title: String, alignment: Table.Alignment)],
        isJSON: Bool,
        cells: @escaping (Row) -> [String]
    ) {
        // A long list keeps a processor busy, which PHP and the daemon may have first.
        _ = nice(10)
        self.isJSON = isJSON
        self.cells = cells
        table = PagedTable(columns)
    }

    func print(_ rows: [Row]) throws {
        if isJSON {
            for row in rows { try Output.json(row) }
        } else {
            Output.write(table.lines(rows.map(cells)), to: STDOUT_FILENO)
        }
    }
}
