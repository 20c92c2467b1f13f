// SPDX-License-Identifier: Apache-2.0

/// Tells from a user agent (RFC 9110, section 10.1.5) which family of browsers sent it.
///
/// A family outlives updates, Chromium's reduced strings, which have `Windows NT 10.0; Win64; x64`, `Android 10; K` or
/// `10_15_7` for every version, and requests for the desktop's version of a site:
///
/// - Chrome and Firefox on Android then say `X11; Linux x86_64` instead of Android, and keep their name; Chrome on large
///   tablets does so by default. The same is told where Edge, Opera and Samsung Internet keep theirs, as they do as far as
///   is known.
/// - Safari on iPhone then says `Macintosh`; on iPad it does so by default.
/// - Chrome on iOS since 85, and Firefox 23 and 24 on iOS, then say `Macintosh` and keep their name. The same is told where
///   Edge keeps its own.
///
/// Two families are told apart wrongly, or not at all, in these cases:
///
/// - On request, Firefox since 25 and Chrome before 85 on iOS send the string of Safari on a Macintosh. With and without
///   the request, they are of different families. Firefox on iPad sends that string by default.
/// - So do browsers whose desktop string is that of another system: UC Browser and Opera Mini have some.
/// - Edge in its mode for Internet Explorer sends the string of that, to the sites it is configured for.
/// - Browsers that hide behind another's string are of the other's family, see ``BrowserBrand``; Brave and Vivaldi are of
///   Chrome's.
/// - Android and Linux are one class of platforms, iOS and macOS another, for the sake of the requests above.
///
/// A family proves nothing, as anyone can send any string. It makes a stolen session id a little harder to use.
public enum UserAgent {
    /// How many bytes of a string are looked at; browsers send some 100 to 300.
    public static let maximumLength = 1024

    /// The family of a user agent. Any bytes are allowed; none are what a request without the header has.
    public static func family(of text: UnsafeRawBufferPointer) -> UserAgentFamily {
        UserAgentReading(UnsafeRawBufferPointer(rebasing: text.prefix(maximumLength))).family
    }

    /// The family of a user agent in a string.
    public static func family(of text: String) -> UserAgentFamily {
        var text = text
        return text.withUTF8 { family(of: UnsafeRawBufferPointer($0)) }
    }
}
