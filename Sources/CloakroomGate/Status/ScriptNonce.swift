// SPDX-License-Identifier: Apache-2.0

/// What style and script of one page have in common, so that the browser runs those and no others (Content Security Policy Level 3,
/// section 2.3.1).
struct ScriptNonce {
    /// 128 random bits.
    let text: String

    init() {
        var random = SystemRandomNumberGenerator()
        text = (0..<2).map { _ in
            let digits = String(UInt64.random(in: .min ... .max, using: &random), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// Nothing from elsewhere, no other style or script, requests only to the page's own server; in no frame.
    var policy: String {
        "default-src 'none'; style-src 'nonce-\(text)'; script-src 'nonce-\(text)'; connect-src 'self'; img-src data:; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    }
}
