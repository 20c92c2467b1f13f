// SPDX-License-Identifier: Apache-2.0

/// Whose browser it is, on whatever device. The raw values are kept with sessions and do not change.
public enum BrowserBrand: UInt8, Hashable, Sendable, CaseIterable {
    /// No user agent was sent, or one without any name.
    case unnamed = 0
    /// Google Chrome and Chromium, and all that call themselves Chrome and nothing else: Brave, Vivaldi since 2.10, apps
    /// that show pages in Android's WebView.
    case chrome = 1
    /// Microsoft Edge, also the one before Chromium.
    case edge = 2
    /// Mozilla Firefox, and what calls itself Firefox and nothing else: LibreWolf, Tor Browser.
    case firefox = 3
    /// Apple Safari, and all that call themselves Safari and nothing else: Brave on iOS, apps that show pages in WebKit,
    /// Android's browser before Chrome.
    case safari = 4
    /// Opera, Opera GX, Opera Touch and Opera Mini.
    case opera = 5
    /// Samsung Internet.
    case samsungInternet = 6
    /// Microsoft Internet Explorer, also Edge while it poses as one.
    case internetExplorer = 7
    /// Any other program. Its ``ProgramToken`` says which.
    case other = 255
}

extension BrowserBrand: CustomStringConvertible {
    /// The name that people know.
    public var description: String {
        switch self {
        case .unnamed: "no user agent"
        case .chrome: "Chrome"
        case .edge: "Edge"
        case .firefox: "Firefox"
        case .safari: "Safari"
        case .opera: "Opera"
        case .samsungInternet: "Samsung Internet"
        case .internetExplorer: "Internet Explorer"
        case .other: "another program"
        }
    }
}
