// SPDX-License-Identifier: Apache-2.0

/// A form of the status, as the query names it.
enum StatusFormat: String {
    /// Lines for people, as PHP-FPM's without a query.
    case text
    /// One object.
    case json
    /// A page.
    case html
    /// For Prometheus.
    case openmetrics

    /// The first one that a query names, as in PHP-FPM: `json`, `html`, `openmetrics`, alone or between `&`. Whatever else is in it,
    /// such as `full`, changes nothing.
    init(query: String) {
        let named = query.split(separator: "&").lazy.compactMap { StatusFormat(rawValue: String($0)) }
        self = named.first { $0 != .text } ?? .text
    }
}
