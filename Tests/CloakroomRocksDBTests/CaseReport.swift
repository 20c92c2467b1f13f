// SPDX-License-Identifier: Apache-2.0

import CloakroomTestKit
import Foundation
import Testing

/// What the cases that run in a process of their own found. It is in files, as neither the text of an expectation nor
/// the case at which the process ended come back otherwise.
struct CaseReport {
    /// Where the files are; the other process makes a report with the same path.
    let path: String

    /// Notes which case is next.
    func begin(_ name: String) throws { try Data(name.utf8).write(to: URL(filePath: path + "/current")) }

    /// Notes that the current case failed.
    func fail(_ text: String) throws {
        try Data((contents(of: "failures") + contents(of: "current") + ": \(text)\n").utf8)
            .write(to: URL(filePath: path + "/failures"))
    }

    private func contents(of name: String) -> String {
        (try? String(contentsOfFile: path + "/" + name, encoding: .utf8)) ?? ""
    }

    /// Expects that the process went through all cases and noted no failure.
    func expectNoFailures(_ result: ExitTest.Result?, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(result != nil, "the last case was \(contents(of: "current"))", sourceLocation: sourceLocation)
        let failures = contents(of: "failures")
        #expect(failures.isEmpty, "\(failures)", sourceLocation: sourceLocation)
    }
}
