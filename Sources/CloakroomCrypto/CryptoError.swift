// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// A fault of the cryptographic layer. A value that does not authenticate is not a fault but an outcome, see ``Opened``.
public struct CryptoError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of fault it is.
    public struct Code: Hashable, Sendable {
        private let name: String

        /// OpenSSL failed where it should not.
        public static let openSSL = Code(name: "OpenSSL")
        /// The secure heap could not be prepared or is full.
        public static let secureHeap = Code(name: "secure heap")
        /// A master key was refused.
        public static let key = Code(name: "key")
        /// The store is sealed under a key that is not in the keyring, or its wrapped address key is damaged.
        public static let keyring = Code(name: "keyring")
        /// The kernel refused to keep this process out of core dumps.
        public static let hardening = Code(name: "hardening")
    }

    /// What kind of fault it is.
    public let code: Code
    /// What went wrong and what to do; never key material.
    public let message: String

    /// Describes a fault.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }

    /// Faults are equal when their codes are; the text is for people.
    public static func == (left: CryptoError, right: CryptoError) -> Bool { left.code == right.code }

    /// The fault of an OpenSSL function that failed, with what its error queue says; the queue is left empty.
    static func openSSL(_ function: String) -> CryptoError {
        var reasons: [String] = []
        while true {
            let code = ERR_get_error()
            guard code != 0 else { break }
            var text = [CChar](repeating: 0, count: 256)
            ERR_error_string_n(code, &text, text.count)
            reasons.append(String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
        }
        return CryptoError(
            .openSSL,
            "\(function) failed" + (reasons.isEmpty ? "" : ": " + reasons.joined(separator: "; "))
        )
    }
}
