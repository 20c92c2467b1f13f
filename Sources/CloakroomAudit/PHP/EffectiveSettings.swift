// SPDX-License-Identifier: Apache-2.0

/// The settings of PHP that hold for a runtime, and where each comes from.
public struct EffectiveSettings: Sendable {
    /// A value that a file gives.
    public struct Value: Hashable, Sendable {
        /// As PHP has it: constants replaced, quotes removed, `On` as `1`.
        public let text: String
        /// Where it is written.
        public let location: FileLocation
        /// Whether scripts cannot change it: it comes from `php_admin_value` or `php_admin_flag`.
        public let isFixed: Bool

        /// Describes a value.
        public init(_ text: String, location: FileLocation, isFixed: Bool = false) {
            self.text = text
            self.location = location
            self.isFixed = isFixed
        }
    }

    private let values: [String: Value]
    /// The file where a missing setting belongs: the pool's, or the `php.ini`.
    public let home: FileLocation
    /// Whether settings in ``home`` are written as FPM's pool files have them: `php_admin_value[NAME] = VALUE`.
    public let isPoolFile: Bool

    /// - Parameter values: what files give, by name.
    public init(_ values: [String: Value], home: FileLocation, isPoolFile: Bool) {
        self.values = values
        self.home = home
        self.isPoolFile = isPoolFile
    }

    /// What a file gives; `nil`: PHP's own default holds.
    public subscript(name: String) -> Value? { values[name] }

    /// The value that holds, of what a file gives and PHP's own default.
    public func text(_ name: String, default value: String) -> String { values[name]?.text ?? value }

    /// Whether a flag is on, as PHP reads it: `1`, `on`, `yes`, `true` or another number than 0.
    public func flag(_ name: String, default value: Bool) -> Bool {
        guard let text = values[name]?.text.lowercased() else { return value }
        return ["on", "yes", "true"].contains(text) || (Int(text) ?? 0) != 0
    }

    /// Where to say that a setting is wrong.
    public func location(of name: String) -> FileLocation { values[name]?.location ?? home }

    /// The line to write instead.
    public func line(_ name: String, _ value: String) -> String {
        isPoolFile ? "php_admin_value[\(name)] = \(value)" : "\(name) = \(value)"
    }
}
