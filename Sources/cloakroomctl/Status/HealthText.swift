// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomStatus

/// Whether all is well, as the first thing that people see.
struct HealthText {
    private let report: StatusReport
    private let style: TextStyle

    init(_ report: StatusReport, _ style: TextStyle) {
        self.report = report
        self.style = style
    }

    var lines: [String] {
        (report.isWell ? [style.text("all is well", .good)] : []) + report.warnings.map(line)
    }

    private func line(_ warning: StatusWarning) -> String {
        let place = warning.pool.map { "pool \($0): " } ?? ""
        switch warning.severity {
        case .warning: return style.text("WARNING", .alarming) + " \(place)\(warning.message)"
        case .notice: return "note: \(place)\(warning.message)"
        }
    }
}
