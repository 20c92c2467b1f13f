// SPDX-License-Identifier: Apache-2.0

/// The contents of a session in this suite: its own number, a counter, and filler that follows from both, so that every
/// byte that comes back can be checked.
struct Contents: Equatable {
    let session: Int
    let counter: Int
    private let filler: Int

    init(session: Int, counter: Int, filler: Int) {
        self.session = session
        self.counter = counter
        self.filler = filler
    }

    /// Reads contents; `nil` when a byte is not as it was written.
    init?(_ bytes: [UInt8]) {
        guard let end = bytes.firstIndex(of: UInt8(ascii: ";")) else { return nil }
        let numbers = bytes[..<end].split(separator: UInt8(ascii: ":")).compactMap {
            Int(String(decoding: $0, as: UTF8.self))
        }
        guard numbers.count == 3, (0...Self.longest).contains(numbers[2]) else { return nil }
        self.init(session: numbers[0], counter: numbers[1], filler: numbers[2])
        guard self.bytes == bytes else { return nil }
    }

    var bytes: [UInt8] {
        let offset = (counter &* 7 &+ session) & Self.offsets
        return Array("\(session):\(counter):\(filler);".utf8) + Self.pattern[offset..<offset + filler]
    }

    private static let offsets = 0xffff
    private static let longest = 100_000
    /// What fillers are cut from: making each byte anew is slow in a debug build.
    private static let pattern = (0...offsets + longest).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
}
