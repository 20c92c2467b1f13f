// SPDX-License-Identifier: Apache-2.0

/// An element of the header Forwarded (RFC 7239, section 4): parameters with semicolons between them, whose values may be
/// quoted strings. A comma in a quoted string does not end the element.
enum ForwardedElement {
    /// Where the last element of the header's value starts, or `nil` if it is too long, or has a quotation mark too many.
    ///
    /// It is looked for from the right. From the left, a client could begin a string that it does not end, and the string
    /// would swallow the comma and what the proxy wrote behind it.
    static func startOfLast(of value: UnsafeRawBufferPointer) -> Int? {
        let end = max(value.count - 1 - ForwardedHeader.maximumElementLength, 0)
        var isQuoted = false
        for index in (end..<value.count).reversed() {
            switch value[index] {
            case UInt8(ascii: ",") where !isQuoted:
                return index + 1
            case UInt8(ascii: "\""):
                if !isEscaped(index, in: value, from: end) {
                    isQuoted.toggle()
                } else if !isQuoted {
                    return nil
                }
            default:
                break
            }
        }
        return end == 0 && !isQuoted ? 0 : nil
    }

    /// The address in the parameter `for`, or `nil` when there is none, or more than one, or the element is malformed.
    static func address(in element: UnsafeRawBufferPointer) -> ClientAddress? {
        var node: UnsafeRawBufferPointer?
        var rest = element
        while !rest.isEmpty {
            // RFC 7239 allows that there is nothing between two semicolons.
            if let parameter = ForwardedParameter.take(from: &rest), parameter.isFor {
                guard node == nil else { return nil }
                node = parameter.value
            }
            rest = rest.withoutSpaces
            guard rest.isEmpty || rest[0] == UInt8(ascii: ";") else { return nil }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst()).withoutSpaces
        }
        return node.flatMap(ClientAddress.init(node:))
    }

    /// Whether an odd number of backslashes comes before a byte (RFC 9110, section 5.6.4), counted from `start`. Each
    /// backslash comes before one quotation mark at most, so all marks together need one look at each byte.
    private static func isEscaped(_ index: Int, in value: UnsafeRawBufferPointer, from start: Int) -> Bool {
        var first = index
        while first > start, value[first - 1] == UInt8(ascii: "\\") { first -= 1 }
        return !(index - first).isMultiple(of: 2)
    }
}
