// SPDX-License-Identifier: Apache-2.0

import CloakroomStatus

/// A figure, and how much of its limit it is.
struct Bar {
    private let name: String
    private let value: String
    private let limit: (text: String, share: Double)?

    init(_ name: String, _ value: String, of limit: (text: String, share: Double)? = nil) {
        self.name = name
        self.value = value
        self.limit = limit
    }

    /// One below the other.
    static func list(_ bars: [Bar]) -> Markup { "<dl class=\"bars\">\(bars.map(\.markup))</dl>" }

    private var markup: Markup {
        guard let limit else { return "<div><dt>\(name)</dt><dd>\(value)</dd></div>" }
        return
            "<div><dt>\(name)</dt><dd>\(value) <span>of \(limit.text)</span>\(Self.drawing(limit.share, isFull: limit.share >= StatusThreshold.nearlyAll))</dd></div>"
    }

    /// A bar of that length, from 0 to 1.
    static func drawing(_ share: Double, isFull: Bool = false) -> Markup {
        let percent = Int((min(max(share, 0), 1) * 100).rounded())
        return """
            <svg class="bar\(isFull ? " full" : "")" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">\
            <rect class="track" width="100" height="4"/><rect class="filled" width="\(String(percent))" height="4"/></svg>
            """
    }
}
