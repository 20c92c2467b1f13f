// SPDX-License-Identifier: Apache-2.0

/// User agents that programs send or sent, with their families.
enum UserAgentSamples {
    static let browsers: [(text: String, family: String)] =
        chrome + edge + firefox + safari + opera + samsung + internetExplorer

    private static let chrome: [(text: String, family: String)] = [
        (webKit("Windows NT 10.0; Win64; x64", "Chrome/46.0.2490.86 Safari/537.36"), "Chrome on Windows"),
        (webKit("Windows NT 6.1; WOW64", "Chrome/49.0.2623.112 Safari/537.36"), "Chrome on Windows"),
        (webKit("Windows NT 10.0; Win64; x64", "Chrome/87.0.4280.88 Safari/537.36"), "Chrome on Windows"),
        (webKit("Windows NT 10.0; Win64; x64", "Chrome/148.0.0.0 Safari/537.36"), "Chrome on Windows"),
        (
            webKit("Macintosh; Intel Mac OS X 10_10_5", "Chrome/49.0.2623.110 Safari/537.36"),
            "Chrome on an Apple system"
        ),
        (webKit("Macintosh; Intel Mac OS X 10_15_7", "Chrome/140.0.0.0 Safari/537.36"), "Chrome on an Apple system"),
        (webKit("X11; Linux x86_64", "Chrome/131.0.0.0 Safari/537.36"), "Chrome on Android or Linux"),
        (
            webKit("X11; Linux x86_64", "Ubuntu Chromium/45.0.2454.101 Chrome/45.0.2454.101 Safari/537.36"),
            "Chrome on Android or Linux"
        ),
        (webKit("X11; CrOS x86_64 14541.0.0", "Chrome/139.0.0.0 Safari/537.36"), "Chrome on Android or Linux"),
        (webKit("X11; CrOS armv7l 7077.134.0", "Chrome/44.0.2403.156 Safari/537.36"), "Chrome on Android or Linux"),
        (
            webKit("Linux; Android 5.1.1; Nexus 5 Build/LMY48B", "Chrome/43.0.2357.93 Mobile Safari/537.36"),
            "Chrome on Android or Linux"
        ),
        (
            webKit("Linux; Android 9; CUBOT X18 Plus", "Chrome/74.0.3729.136 Mobile Safari/537.36"),
            "Chrome on Android or Linux"
        ),
        (webKit("Linux; Android 10; K", "Chrome/141.0.0.0 Mobile Safari/537.36"), "Chrome on Android or Linux"),
        (
            webKit("Linux; Android 13; Pixel 7; wv", "Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36"),
            "Chrome on Android or Linux"
        ),
        (
            mobile("iPhone; CPU iPhone OS 10_3", "602.1.50", "CriOS/56.0.2924.75 Mobile/14E5239e Safari/602.1"),
            "Chrome on an Apple system"
        ),
        (
            mobile("iPad; CPU OS 17_5", "605.1.15", "CriOS/126.0.6478.35 Mobile/15E148 Safari/604.1"),
            "Chrome on an Apple system"
        ),
        (macWebKit("10_15_7", "CriOS/141 Version/11.1.1 Safari/605.1.15"), "Chrome on an Apple system"),
    ]

    private static let edge: [(text: String, family: String)] = [
        (webKit("Windows NT 10.0; Win64; x64", "Chrome/46.0.2486.0 Safari/537.36 Edge/13.10586"), "Edge on Windows"),
        (webKit("Windows NT 10.0; Win64; x64", "Chrome/64.0.3282.140 Safari/537.36 Edge/18.17763"), "Edge on Windows"),
        (webKit("Windows NT 10.0; Win64; x64", "Chrome/127.0.0.0 Safari/537.36 Edg/127.0.2651.98"), "Edge on Windows"),
        (
            webKit("Macintosh; Intel Mac OS X 10_15_7", "Chrome/127.0.0.0 Safari/537.36 Edg/127.0.2651.98"),
            "Edge on an Apple system"
        ),
        (webKit("X11; Linux x86_64", "Chrome/117.0.0.0 Safari/537.36 Edg/117.0.2045.35"), "Edge on Android or Linux"),
        (
            webKit(
                "Linux; Android 8.0.0; G8441 Build/47.1.A.12.270",
                "Chrome/67.0.3396.123 Mobile Safari/537.36 EdgA/42.0.0.2529"
            ),
            "Edge on Android or Linux"
        ),
        (
            webKit("Linux; Android 10; K", "Chrome/140.0.0.0 Mobile Safari/537.36 EdgA/140.0.0.0"),
            "Edge on Android or Linux"
        ),
        (
            mobile("iPad; CPU OS 12_3_1", "605.1.15", "Version/12.0 EdgiOS/44.5.2 Mobile/15E148 Safari/605.1.15"),
            "Edge on an Apple system"
        ),
        (macWebKit("10_15_7", "Version/18.0 EdgiOS/131.0.2903.68 Safari/605.1.15"), "Edge on an Apple system"),
        (
            webKit(
                "Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950",
                "Chrome/52.0.2743.116 Mobile Safari/537.36 Edge/15.15063"
            ),
            "Edge on Windows"
        ),
    ]

    private static let firefox: [(text: String, family: String)] = [
        (gecko("Windows NT 6.1; WOW64; rv:38.0", "Gecko/20100101 Firefox/38.0"), "Firefox on Windows"),
        (gecko("Windows NT 10.0; Win64; x64; rv:109.0", "Gecko/20100101 Firefox/117.0"), "Firefox on Windows"),
        (gecko("Windows NT 10.0; Win64; x64; rv:150.0", "Gecko/20100101 Firefox/150.0"), "Firefox on Windows"),
        (
            gecko("Macintosh; Intel Mac OS X 10.10; rv:45.0", "Gecko/20100101 Firefox/45.0"),
            "Firefox on an Apple system"
        ),
        (
            gecko("Macintosh; Intel Mac OS X 10.15; rv:141.0", "Gecko/20100101 Firefox/141.0"),
            "Firefox on an Apple system"
        ),
        (gecko("X11; Ubuntu; Linux x86_64; rv:89.0", "Gecko/20100101 Firefox/89.0"), "Firefox on Android or Linux"),
        (
            gecko("X11; Linux x86_64; rv:38.0", "Gecko/20100101 Firefox/38.0 Iceweasel/38.2.1"),
            "Firefox on Android or Linux"
        ),
        (gecko("X11; FreeBSD amd64; rv:128.0", "Gecko/20100101 Firefox/128.0"), "Firefox on Android or Linux"),
        (gecko("Android; Mobile; rv:40.0", "Gecko/40.0 Firefox/40.0"), "Firefox on Android or Linux"),
        (gecko("Android 9; Mobile; rv:65.0", "Gecko/65.0 Firefox/65.0"), "Firefox on Android or Linux"),
        (gecko("Android 15; Mobile; rv:141.0", "Gecko/141.0 Firefox/141.0"), "Firefox on Android or Linux"),
        (
            mobile("iPhone; CPU iPhone OS 8_4_1", "600.1.4", "FxiOS/1.1 Mobile/12H321 Safari/600.1.4"),
            "Firefox on an Apple system"
        ),
        (
            mobile("iPhone; CPU iPhone OS 18_6", "605.1.15", "FxiOS/141.0 Mobile/15E148 Safari/604.1"),
            "Firefox on an Apple system"
        ),
        (macWebKit("10.15", "FxiOS/23.0 Safari/605.1.15"), "Firefox on an Apple system"),
    ]

    private static let safari: [(text: String, family: String)] = [
        (macWebKit("10_11_2", "Version/9.0.2 Safari/601.3.9", "601.3.9"), "Safari on an Apple system"),
        (macWebKit("10_15_7", "Version/18.6 Safari/605.1.15"), "Safari on an Apple system"),
        (macWebKit("10_15_7", "Version/26.0 Safari/605.1.15"), "Safari on an Apple system"),
        (
            mobile("iPhone; CPU iPhone OS 9_1", "601.1.46", "Version/9.0 Mobile/13B143 Safari/601.1"),
            "Safari on an Apple system"
        ),
        (
            mobile("iPhone; CPU iPhone OS 18_6", "605.1.15", "Version/26.0 Mobile/15E148 Safari/604.1"),
            "Safari on an Apple system"
        ),
        (
            mobile("iPad; CPU OS 12_4_5", "605.1.15", "Version/12.1.2 Mobile/15E148 Safari/604.1"),
            "Safari on an Apple system"
        ),
        (
            mobile("iPod touch; CPU iPhone OS 12_0", "604.3.5", "Version/12.0 Mobile/15A432 Safari/604.1"),
            "Safari on an Apple system"
        ),
        (mobile("iPhone; CPU iPhone OS 17_4", "605.1.15", "Mobile/15E148"), "Safari on an Apple system"),
        (
            "Mozilla/5.0 (Linux; U; Android 4.4.2; en-us; SCH-I535 Build/KOT49H) AppleWebKit/534.30 "
                + "(KHTML, like Gecko) Version/4.0 Mobile Safari/534.30",
            "Safari on Android or Linux"
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.0 Safari/605.1.15",
            "Safari on Android or Linux"
        ),
    ]

    private static let opera: [(text: String, family: String)] = [
        ("Opera/9.80 (Windows NT 6.1; WOW64) Presto/2.12.388 Version/12.18", "Opera on Windows"),
        (
            "Opera/9.80 (Android; Opera Mini/15.0.2125/37.8025; U; en) Presto/2.12.423 Version/12.16",
            "Opera on Android or Linux"
        ),
        (webKit("Windows NT 10.0; Win64; x64", "Chrome/138.0.0.0 Safari/537.36 OPR/122.0.0.0"), "Opera on Windows"),
        (
            webKit(
                "Windows NT 10.0; Win64; x64",
                "Chrome/73.0.3683.103 Safari/537.36 OPR/60.0.3255.50747 OPRGX/60.0.3255.50747"
            ),
            "Opera on Windows"
        ),
        (
            webKit(
                "Linux; Android 6.0.1; Nexus 5 Build/MMB29V",
                "Chrome/48.0.2564.99 Mobile Safari/537.36 OPR/35.0.2070.100283"
            ),
            "Opera on Android or Linux"
        ),
        (
            webKit(
                "Linux; Android 10; Redmi Note 8 Pro Build/QP1A.190711.020",
                "Chrome/115.0.5790.168 Mobile Safari/537.36 OPX/2"
            ),
            "Opera on Android or Linux"
        ),
        (
            mobile("iPad; CPU OS 9_3", "601.1.46", "OPiOS/13.0.1.100754 Mobile/13E5231a Safari/9537.53"),
            "Opera on an Apple system"
        ),
        (
            mobile("iPhone; CPU iPhone OS 16_5", "605.1.15", "Version/16.5 Mobile/15E148 Safari/604.1 OPT/4.2.1"),
            "Opera on an Apple system"
        ),
    ]

    private static let samsung: [(text: String, family: String)] = [
        (
            webKit(
                "Linux; Android 5.0.2; SAMSUNG SM-T800 Build/LRX22G",
                "SamsungBrowser/3.0 Chrome/38.0.2125.102 Safari/537.36"
            ),
            "Samsung Internet on Android or Linux"
        ),
        (
            webKit("Linux; Android 10; K", "SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36"),
            "Samsung Internet on Android or Linux"
        ),
        (
            webKit("SMART-TV; Linux; Tizen 5.0", "SamsungBrowser/2.2 Chrome/63.0.3239.84 TV Safari/537.36"),
            "Samsung Internet on Android or Linux"
        ),
    ]

    private static let internetExplorer: [(text: String, family: String)] = [
        ("Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko", "Internet Explorer on Windows"),
        ("Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)", "Internet Explorer on Windows"),
        (
            "Mozilla/5.0 (Mobile; Windows Phone 8.1; Android 4.0; ARM; Trident/7.0; Touch; rv:11.0; IEMobile/11.0; NOKIA; "
                + "Lumia 520) like iPhone OS 7_0_3 Mac OS X AppleWebKit/537 (KHTML, like Gecko) Mobile Safari/537",
            "Internet Explorer on Windows"
        ),
    ]

    /// A user agent of Chromium.
    static func webKit(_ system: String, _ products: String) -> String {
        "Mozilla/5.0 (\(system)) AppleWebKit/537.36 (KHTML, like Gecko) \(products)"
    }

    /// A user agent of iOS.
    static func mobile(_ system: String, _ version: String, _ products: String) -> String {
        "Mozilla/5.0 (\(system) like Mac OS X) AppleWebKit/\(version) (KHTML, like Gecko) \(products)"
    }

    /// A user agent of WebKit on macOS, or on iOS when it calls itself that.
    static func macWebKit(_ system: String, _ products: String, _ version: String = "605.1.15") -> String {
        "Mozilla/5.0 (Macintosh; Intel Mac OS X \(system)) AppleWebKit/\(version) (KHTML, like Gecko) \(products)"
    }

    /// A user agent of Firefox's engine.
    static func gecko(_ system: String, _ products: String) -> String { "Mozilla/5.0 (\(system)) \(products)" }
}
