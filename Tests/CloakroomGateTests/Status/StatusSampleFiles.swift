// SPDX-License-Identifier: Apache-2.0

import CloakroomGate
import Foundation
import Testing

/// Writes pages for scripts/check-status-page.py, which looks at them in a browser.
@Suite struct StatusSampleFiles {
    /// So many answers of each state, two seconds apart.
    private static let steps = 60

    @Test(arguments: StatusSample.allCases)
    func arePages(sample: StatusSample) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../../.build/status-page/pages"
        )
        let directory = root.standardizedFileURL.appending(path: sample.rawValue)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        for step in 0..<Self.steps {
            let answer = StatusPage.answer(sample.status(step: step), query: "html")
            let head = ["Status: \(answer.status)"] + answer.headers.map { "\($0.name): \($0.value)" }
            let bytes = Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8) + answer.body
            try Data(bytes).write(to: directory.appending(path: "\(step)"))
            #expect(!answer.body.isEmpty)
        }
    }
}
