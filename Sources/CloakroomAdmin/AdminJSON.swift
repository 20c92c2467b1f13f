// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Messages as JSON, and back.
public enum AdminJSON {
    /// The text of a message, whose fields are in the order of their names, so that there is one text for each message.
    public static func encode(_ message: some Encodable) throws(AdminError) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do { return try encoder.encode(message) } catch {
            throw AdminError(.malformed, "a message cannot be written as JSON: \(error)")
        }
    }

    /// Reads a message.
    ///
    /// - Throws: ``AdminError`` of code `malformed` for what is not one, or of the code that the message's own decoding gives.
    public static func decode<Message: Decodable>(
        _ type: Message.Type,
        from bytes: some Sequence<UInt8>
    ) throws(AdminError) -> Message {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as AdminError {
            throw error
        } catch let error as DecodingError {
            throw AdminError(.malformed, reason(error))
        } catch {
            throw AdminError(.malformed, "a message that is not JSON")
        }
    }

    private static func reason(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, _): "a message without \"\(key.stringValue)\""
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "a message whose \"\(path(context))\" is not what it has to be"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty
                ? "a message that is not JSON" : "a message whose \"\(path(context))\" is not what it has to be"
        @unknown default: "a message that is not JSON"
        }
    }

    private static func path(_ context: DecodingError.Context) -> String {
        context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
    }
}
