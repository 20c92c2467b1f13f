// SPDX-License-Identifier: Apache-2.0

/// Finds in PHP source where it chooses how sessions are kept.
public enum PHPSource {
    private static let cloakroom = Array("namespace Cloakroom".utf8)
    private static let settings = ["session.save_handler", "session.save_path"]

    /// The first call that chooses a save handler or path, and its line; `nil`: there is none, or it is Cloakroom's own client.
    public static func handlerCall(in bytes: [UInt8]) -> (call: String, line: Int)? {
        // Most files name nothing of it.
        guard contains(bytes, Array("session".utf8)), !contains(bytes, cloakroom) else { return nil }
        var lexer = PHPLexer(bytes)
        // What comes before a name tells whether it is a call.
        var before = PHPLexer.Token.other
        while let token = lexer.next() {
            defer { before = token }
            guard case .name(let name) = token, before != .name("function"), before != .arrow, before != .name("new")
            else {
                continue
            }
            let line = lexer.line
            var ahead = lexer
            guard ahead.next() == .symbol(UInt8(ascii: "(")) else { continue }
            let first = ahead.next()
            switch name {
            case "session_set_save_handler": return ("session_set_save_handler()", line)
            case "session_save_path", "session_module_name":
                if first != .symbol(UInt8(ascii: ")")), first != nil { return ("\(name)()", line) }
            case "ini_set", "ini_alter":
                if case .string(let text) = first, settings.contains(text) { return ("\(name)('\(text)')", line) }
            default: break
            }
        }
        return nil
    }

    private static func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        guard bytes.count >= part.count, let first = part.first else { return false }
        return bytes.withUnsafeBytes { all in
            var start = 0
            while start <= all.count - part.count {
                guard let next = all[start...].firstIndex(of: first), next <= all.count - part.count else {
                    return false
                }
                if all[next..<next + part.count].elementsEqual(part) { return true }
                start = next + 1
            }
            return false
        }
    }
}
