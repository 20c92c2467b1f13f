// SPDX-License-Identifier: Apache-2.0

/// Goes through names and values (FastCGI Specification 1.0, section 3.4) that come in pieces, and keeps none of them.
struct FastCGIPairScanner {
    private enum Part {
        case nameLength, valueLength, name, value
    }

    private var part = Part.nameLength
    /// The bytes of the present length that are there, as a number, and how many are missing.
    private var number = 0
    private var missing = 0
    private var nameLength = 0
    /// What is left of the present name or value.
    private var rest = 0
    private var valueLength = 0

    /// Whether the last pair is whole.
    var isWhole: Bool { part == .nameLength && missing == 0 }

    /// Takes the next bytes; `false` when they cannot be right.
    mutating func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < bytes.count {
            switch part {
            case .nameLength, .valueLength:
                guard take(lengthByte: Int(bytes[index])) else { return false }
                index += 1
            case .name:
                let count = min(rest, bytes.count - index)
                let name = bytes[index..<index + count]
                // libfcgi joins name and value with a `=`, and ends them with a NUL.
                guard !name.contains(UInt8(ascii: "=")), !name.contains(0) else { return false }
                rest -= count
                index += count
            case .value:
                let count = min(rest, bytes.count - index)
                rest -= count
                index += count
            }
            advance()
        }
        return true
    }

    private mutating func take(lengthByte byte: Int) -> Bool {
        if missing > 0 {
            number = number << 8 | byte
            missing -= 1
        } else if byte & 0x80 != 0 {
            number = byte & 0x7f
            missing = 3
        } else {
            number = byte
        }
        guard missing == 0 else { return true }
        // More cannot come, and libfcgi would allocate it first.
        guard number <= FastCGIRequestOutline.maximumRequest else { return false }
        if part == .nameLength {
            nameLength = number
            part = .valueLength
        } else {
            valueLength = number
            rest = nameLength
            part = .name
        }
        return true
    }

    /// Goes on to the next part where the present one has no bytes left.
    private mutating func advance() {
        if part == .name, rest == 0 {
            rest = valueLength
            part = .value
        }
        if part == .value, rest == 0 { part = .nameLength }
    }
}
