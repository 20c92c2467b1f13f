// SPDX-License-Identifier: Apache-2.0

/// The name of a field of a message, whatever it is.
struct MessageField: CodingKey, ExpressibleByStringLiteral {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
    init(stringLiteral value: String) { stringValue = value }
}

extension KeyedDecodingContainer<MessageField> {
    /// Refuses a message that has other fields than these: one that is misspelt must not count as left out.
    func expect(only fields: MessageField...) throws {
        let known = fields.map(\.stringValue)
        let strangers = allKeys.map(\.stringValue).filter { !known.contains($0) }.sorted()
        if let stranger = strangers.first {
            throw AdminError(.malformed, "a message with a field \"\(stranger)\", which is not known")
        }
    }
}
