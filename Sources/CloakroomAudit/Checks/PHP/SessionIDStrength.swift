// SPDX-License-Identifier: Apache-2.0

/// Whether ids can be guessed.
public struct SessionIDStrength: AuditCheck {
    static let weak = "id-too-short"
    /// The codes of all findings that it can make.
    public static let codes = [weak]

    /// OWASP ASVS 5.0, 7.2.3: at least 128 bits.
    private static let leastBits = 128

    /// Makes the check.
    public init() {}

    /// What it finds.
    public func findings(on host: AuditedHost) -> [Finding] {
        SessionSettings.all(on: host).compactMap { session in
            let length = session.number("session.sid_length")
            let each = session.number("session.sid_bits_per_character")
            // Other values PHP refuses, and keeps its defaults.
            guard (22...256).contains(length), (4...6).contains(each), length * each < Self.leastBits else {
                return nil
            }
            let setting =
                session.settings["session.sid_length"] == nil ? "session.sid_bits_per_character" : "session.sid_length"
            return session.finding(
                Self.weak,
                length * each < 100 ? .medium : .low,
                setting,
                "Session ids have \(length) characters of \(each) bits, together \(length * each): fewer than the "
                    + "\(Self.leastBits) bits that make guessing hopeless for many sessions and years.",
                write: setting == "session.sid_length" ? "32" : "5"
            )
        }
    }
}
