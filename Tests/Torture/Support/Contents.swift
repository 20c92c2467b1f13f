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
        guard numbers.count == 3, (0...bytes.count).contains(numbers[2]) else { return nil }
        self.init(session: numbers[0], counter: numbers[1], filler: numbers[2])
        guard self.bytes == bytes else { return nil }
    }

    var bytes: [UInt8] {
        let start = Array("\(session):\(counter):\(filler);".utf8)
        return [UInt8](unsafeUninitializedCapacity: start.count + filler) { buffer, count in
            for (index, byte) in start.enumerated() { buffer[index] = byte }
            for index in 0..<filler {
                buffer[start.count + index] = UInt8(
                    truncatingIfNeeded: (index &* 31) &+ (index >> 8) &+ counter &* 7 &+ session
                )
            }
            count = start.count + filler
        }
    }
}
