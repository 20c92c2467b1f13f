// SPDX-License-Identifier: Apache-2.0

/// How the keys of one source are written down: in a file, a credential, an environment variable or the output of a
/// command.
///
/// Exactly 32 bytes are one raw key, whatever they are (``MasterKeyText``). Anything else is text with a key in each line,
/// as base64 or hexadecimal digits with spaces around it or none. Empty lines, and lines that begin with `#`, are left out.
public enum KeyringText {
    /// What a text may have, in bytes: ninety keys in base64, or fewer and comments. Who reads one need not read on.
    public static let maximumLength = 4096

    /// Why a text is not a list of keys.
    public enum Refusal: Hashable, Sendable {
        /// There are no keys in it.
        case empty
        /// The text has more bytes than ``KeyringText/maximumLength``; how many it has.
        case tooLong(Int)
        /// A line is not a key; its number, counted from 1.
        case line(Int, MasterKeyText.Refusal)
        /// A line is a key of zeros, which everybody can guess; its number, counted from 1.
        case zeros(Int)
    }

    /// What ``decode(_:)`` answers.
    public enum Outcome: Sendable {
        /// The keys, at least one, in the order of the lines.
        case decoded([MasterKey])
        /// Nothing of the text is kept.
        case refused(Refusal)
    }

    /// Decodes each key straight into the secure heap. Any input is allowed.
    ///
    /// - Throws: ``CryptoError`` when the secure heap is full or was not prepared.
    public static func decode(_ contents: UnsafeRawBufferPointer) throws(CryptoError) -> Outcome {
        guard contents.count <= maximumLength else { return .refused(.tooLong(contents.count)) }
        if contents.count == MasterKey.length {
            return try decode(contents, line: 1, by: MasterKeyText.decode)
        }
        var keys: [MasterKey] = []
        for (index, line) in contents.split(separator: newline, omittingEmptySubsequences: false).enumerated() {
            switch try decode(line: UnsafeRawBufferPointer(rebasing: line), number: index + 1) {
            case nil: continue
            case .decoded(let key): keys += key
            case .refused(let refusal): return .refused(refusal)
            }
        }
        return keys.isEmpty ? .refused(.empty) : .decoded(keys)
    }

    /// Decodes each key straight into the secure heap. Any input is allowed.
    ///
    /// - Throws: ``CryptoError`` when the secure heap is full or was not prepared.
    public static func decode(_ contents: SecureBytes) throws(CryptoError) -> Outcome {
        try contents.withUnsafeBytes { bytes throws(CryptoError) in try decode(bytes) }
    }

    /// The key in a line of a text, without its end; `nil` when there is none, as in a comment, or in what is no key.
    ///
    /// - Throws: ``CryptoError`` when the secure heap is full or was not prepared.
    public static func key(inLine line: UnsafeRawBufferPointer) throws(CryptoError) -> MasterKey? {
        guard case .decoded(let keys) = try decode(line: line, number: 1) else { return nil }
        return keys.first
    }

    private static let newline = UInt8(ascii: "\n")

    /// What a line has; `nil` for one that is left out.
    private static func decode(line: UnsafeRawBufferPointer, number: Int) throws(CryptoError) -> Outcome? {
        let text = MasterKeyText.trimmed(line)
        if text.isEmpty || text.first == UInt8(ascii: "#") { return nil }
        return try decode(text, line: number, by: MasterKeyText.decodeText)
    }

    private static func decode(
        _ text: UnsafeRawBufferPointer,
        line: Int,
        by decode: (UnsafeRawBufferPointer, UnsafeMutableRawBufferPointer) -> MasterKeyText.Outcome
    ) throws(CryptoError) -> Outcome {
        var refusal: MasterKeyText.Refusal?
        var isZero = false
        let bytes = try SecureBytes(count: MasterKey.length) { buffer throws(CryptoError) in
            if case .refused(let reason) = decode(text, buffer) { refusal = reason }
            isZero = buffer.allSatisfy { $0 == 0 }
        }
        if let refusal { return .refused(.line(line, refusal)) }
        if isZero { return .refused(.zeros(line)) }
        return .decoded([try MasterKey(bytes)])
    }
}

extension KeyringText.Refusal: CustomStringConvertible {
    /// What was found, in which line, and what to do; lengths only, never the text.
    public var description: String {
        switch self {
        case .empty: MasterKeyText.Refusal.empty.description
        case .tooLong(let count):
            "\(count) bytes are too many for keys, which may have \(KeyringText.maximumLength)"
        case .line(let line, let refusal): "line \(line): \(refusal)"
        case .zeros(let line):
            "line \(line): the master key is all zeros, which everybody can guess: "
                + "make one with `openssl rand -base64 32`"
        }
    }
}
