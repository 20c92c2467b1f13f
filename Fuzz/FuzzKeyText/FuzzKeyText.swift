// SPDX-License-Identifier: Apache-2.0

import CloakroomCrypto
import FuzzDriver

/// Any bytes as a master key, and as the text of a keyring: decoded, or refused with nothing left in the buffer.
@main
enum FuzzKeyText {
    static func main() {
        do { try SecureHeap.prepare() } catch { fatalError("\(error)") }
        FuzzDriver.run(test)
    }

    private static func test(_ input: UnsafeRawBufferPointer) {
        var key = [UInt8](repeating: 0, count: MasterKey.length)
        let outcome = key.withUnsafeMutableBytes { key in
            MasterKeyText.decode(input, into: key)
        }
        if case .refused = outcome {
            precondition(key.allSatisfy { $0 == 0 }, "a refused key leaves something behind")
        }
        do {
            try compare(input, with: KeyringText.decode(input))
        } catch {
            // The secure heap has room for all keys that a text may have.
            fatalError("\(error)")
        }
    }

    /// A text has the keys that its lines have, each taken by itself.
    private static func compare(_ input: UnsafeRawBufferPointer, with outcome: KeyringText.Outcome) throws {
        guard case .decoded(let keys) = outcome else { return }
        if input.count == MasterKey.length {
            precondition(keys.count == 1, "a raw key is one key")
            return
        }
        let lines = input.split(whereSeparator: { $0 == UInt8(ascii: "\n") }).map { Array($0) }.filter { line in
            guard let first = line.first(where: { !" \t\r".utf8.contains($0) }) else { return false }
            return first != UInt8(ascii: "#")
        }
        precondition(lines.count == keys.count, "a line is left out or taken twice")
        for (line, key) in zip(lines, keys) {
            precondition(line.count != MasterKey.length, "a line is taken for a raw key")
            try line.withUnsafeBytes { line in
                let alone = try MasterKey(contents: line)
                precondition(alone.id == key.id, "a line is another key by itself")
            }
        }
    }
}
