// SPDX-License-Identifier: Apache-2.0

/// Names and values, one below the other.
enum Fields {
    static func markup(_ fields: [(name: String, value: String)]) -> Markup {
        "<dl class=\"fields\">\(fields.map { "<div><dt>\($0.name)</dt><dd>\($0.value)</dd></div>" as Markup })</dl>"
    }
}
