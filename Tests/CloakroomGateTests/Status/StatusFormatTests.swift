// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CloakroomGate

@Suite struct StatusFormatTests {
    @Test(arguments: [
        ("", StatusFormat.text), ("full", .text), ("text", .text), ("JSON", .text), ("json", .json),
        ("full&json", .json),
        ("html&json", .html), ("openmetrics", .openmetrics), ("full&openmetrics&html", .openmetrics), ("&&", .text),
        ("nothing&json=1&html", .json), ("openmetrics=", .openmetrics), ("=json", .text), ("json%00", .text),
    ])
    func firstKnownOneCounts(query: String, format: StatusFormat) { #expect(StatusFormat(query: query) == format) }
}
