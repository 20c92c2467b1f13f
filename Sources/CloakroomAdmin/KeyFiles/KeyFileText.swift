// SPDX-License-Identifier: Apache-2.0

public import CloakroomCrypto

/// The text of a key file as it is changed: one key in each line, and comments (`docs/operations.md`). Keys stay in the secure
/// heap.
public struct KeyFileText: Sendable {
    private let text: SecureBytes
    private let count: Int

    /// Takes the first `count` bytes of a file's contents.
    init(_ text: SecureBytes, count: Int) {
        self.text = text
        self.count = count
    }

    /// The ids of the keys, in the order of the lines. Lines that are neither a key nor a comment are passed over: the
    /// daemon refuses such a file, and says which line it is.
    ///
    /// - Throws: `CryptoError` when the secure heap is full.
    public func ids() throws -> [KeyID] {
        try pieces().compactMap(\.key?.id)
    }

    /// The text with a new key in front, under a comment with the key's id and `date`. A raw key becomes a line.
    ///
    /// - Throws: `CryptoError` when the secure heap is full, ``KeyFileError`` when the file would be too large.
    public func adding(_ key: MasterKey, date: String) throws -> KeyFileText {
        try Self.joining(try Self.pieces(of: key, date: date) + pieces())
    }

    /// The text without a key, and without the comment above it that names the key.
    ///
    /// - Throws: `CryptoError` when the secure heap is full, ``KeyFileError`` when no key would be left.
    public func removing(_ id: KeyID) throws -> KeyFileText {
        let pieces = try pieces()
        guard pieces.contains(where: { $0.key.map { $0.id != id } ?? false }) else {
            throw KeyFileError(.contents, "the key \(id) is the only one in the file, which would have none left")
        }
        let kept = pieces.enumerated().filter { index, piece in
            let next = index + 1 < pieces.count ? pieces[index + 1].key?.id : nil
            return piece.key?.id != id && !(next == id && piece.isComment(naming: id))
        }
        return try Self.joining(kept.map(\.element))
    }

    /// Gives the bytes to `body`.
    func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try text.withUnsafeBytes { bytes throws(Failure) in
            try body(UnsafeRawBufferPointer(rebasing: bytes.prefix(count)))
        }
    }

    private static func pieces(of key: MasterKey, date: String) throws -> [Piece] {
        let comment = "# \(key.id), added \(date)"
        return [Piece(written: .text(comment), comment: comment), Piece(written: .secret(try key.base64()), key: key)]
    }

    private func pieces() throws -> [Piece] {
        try withUnsafeBytes { bytes in
            // Not to be cut into lines: any of the bytes may look like a line end.
            if bytes.count == MasterKey.length {
                let key = try MasterKey(contents: bytes)
                return [Piece(written: .secret(try key.base64()), key: key)]
            }
            var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            if lines.last?.isEmpty == true { lines.removeLast() }
            return try lines.map { try Self.piece(UnsafeRawBufferPointer(rebasing: $0)) }
        }
    }

    private static func piece(_ line: UnsafeRawBufferPointer) throws -> Piece {
        guard !line.isEmpty else { return Piece(written: .text("")) }
        let written = Line.secret(try SecureBytes(count: line.count) { $0.copyMemory(from: line) })
        if line.first == UInt8(ascii: "#") {
            return Piece(written: written, comment: String(decoding: line, as: UTF8.self))
        }
        return Piece(written: written, key: try KeyringText.key(inLine: line))
    }

    private static func joining(_ pieces: [Piece]) throws -> KeyFileText {
        let lines = pieces.map(\.written)
        let count = lines.reduce(0) { $0 + $1.count + 1 }
        guard count <= KeyringText.maximumLength else {
            throw KeyFileError(
                .contents,
                "the key file would have \(count) bytes, and the daemon reads at most \(KeyringText.maximumLength): retire keys first"
            )
        }
        let text = try SecureBytes(count: count) { buffer in
            var position = 0
            for line in lines {
                line.copy(to: UnsafeMutableRawBufferPointer(rebasing: buffer[position...]))
                position += line.count
                buffer[position] = UInt8(ascii: "\n")
                position += 1
            }
        }
        return KeyFileText(text, count: count)
    }
}

/// One line of a file, without its end.
private enum Line {
    case text(String)
    case secret(SecureBytes)

    var count: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .secret(let bytes): bytes.count
        }
    }

    func copy(to buffer: UnsafeMutableRawBufferPointer) {
        switch self {
        case .text(let text): buffer.copyBytes(from: text.utf8)
        case .secret(let bytes): bytes.withUnsafeBytes { buffer.copyMemory(from: $0) }
        }
    }
}

/// A line as it is written again, and what it is.
private struct Piece {
    let written: Line
    var comment: String?
    var key: MasterKey?

    func isComment(naming id: KeyID) -> Bool {
        guard let comment else { return false }
        return comment.dropFirst().drop { $0 == " " }.hasPrefix(id.description)
    }
}
