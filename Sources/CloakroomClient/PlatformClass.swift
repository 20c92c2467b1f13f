// SPDX-License-Identifier: Apache-2.0

/// What kind of system a browser says it runs on, as coarse as the strings in which one device calls itself both a phone
/// and a computer. The raw values are kept with sessions and do not change.
public enum PlatformClass: UInt8, Hashable, Sendable, CaseIterable {
    /// Anything else, or nothing that is known.
    case other = 0
    /// Windows, also on phones.
    case windows = 1
    /// macOS, iOS, iPadOS and their relatives: an iPad calls itself a Macintosh, an iPhone does on request.
    case apple = 2
    /// Android, Linux, ChromeOS and other systems with X11: an Android device calls itself Linux with X11 on request.
    case androidOrLinux = 3
}

extension PlatformClass: CustomStringConvertible {
    /// A name that people know.
    public var description: String {
        switch self {
        case .other: "an unknown system"
        case .windows: "Windows"
        case .apple: "an Apple system"
        case .androidOrLinux: "Android or Linux"
        }
    }
}
