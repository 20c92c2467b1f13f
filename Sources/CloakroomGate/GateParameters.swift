// SPDX-License-Identifier: Apache-2.0

/// What the web server says of a request: the FastCGI parameters that matter to the gate.
///
/// Thousands of others may come with them; each costs one look at its name's length.
public struct GateParameters: Sendable {
    /// By the number of the parameter.
    private var values: [[UInt8]?] = Array(repeating: nil, count: GateParameter.allCases.count)
    /// What is wrong with the parameters as a whole: the first mistake found.
    private(set) var mistake: GateMisconfiguration?
    /// Whether there are two headers `Cookie`, which differ.
    private(set) var hasContestedCookies = false

    /// No parameters.
    public init() {}

    /// Keeps those that matter. A value ends before a NUL, as it does for PHP.
    public init(_ pairs: [(name: [UInt8], value: [UInt8])]) {
        for (name, value) in pairs {
            name.withUnsafeBytes { name in value.withUnsafeBytes { add(name: name, value: $0) } }
        }
    }

    /// Keeps those that matter of what libfcgi gives: `NAME=VALUE`, ended by a null pointer. Strings without `=` are passed over.
    public init(environment: UnsafePointer<UnsafeMutablePointer<CChar>?>) {
        var next = environment
        while let entry = next.pointee {
            let bytes = UnsafeRawBufferPointer(start: entry, count: Self.length(of: entry))
            if let equals = bytes.firstIndex(of: UInt8(ascii: "=")) {
                add(
                    name: UnsafeRawBufferPointer(rebasing: bytes[..<equals]),
                    value: UnsafeRawBufferPointer(rebasing: bytes[(equals + 1)...])
                )
            }
            next += 1
        }
    }

    private static func length(of text: UnsafePointer<CChar>) -> Int {
        var length = 0
        while text[length] != 0 { length += 1 }
        return length
    }

    /// The value of a parameter; `nil`: it was not given.
    public subscript(_ parameter: GateParameter) -> [UInt8]? { values[parameter.rawValue] }

    /// The value of a parameter as text; `nil`: it was not given, is empty, or is no UTF-8.
    public func text(_ parameter: GateParameter) -> String? {
        guard let value = self[parameter], !value.isEmpty else { return nil }
        return String(validating: value, as: UTF8.self)
    }

    /// Takes one more parameter.
    mutating func add(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        guard let parameter = GateParameterNames.parameter(name) else {
            if GateParameterNames.isMistaken(name) {
                note(.unknownParameter(String(decoding: name.prefix(64), as: UTF8.self)))
            }
            return
        }
        let value = UnsafeRawBufferPointer(rebasing: value.prefix { $0 != 0 })
        guard let before = values[parameter.rawValue], !before.elementsEqual(value) else {
            values[parameter.rawValue] = Array(value)
            return
        }
        switch parameter.repetition {
        case .isMistake: note(.givenTwice(parameter))
        case .isContested: hasContestedCookies = true
        case .counts: values[parameter.rawValue] = Array(value)
        }
    }

    private mutating func note(_ mistake: GateMisconfiguration) { self.mistake = self.mistake ?? mistake }
}
