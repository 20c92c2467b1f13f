// SPDX-License-Identifier: Apache-2.0

/// User agents that have to be of one family, and such that must not be.
enum UserAgentPairs {
    private typealias Samples = UserAgentSamples

    static let ofOneBrowser: [(String, String)] = updates + requestsForTheDesktop

    private static let updates: [(String, String)] = [
        // Before and after Chromium's reduction, and the next version.
        (
            Samples.webKit("Windows NT 6.1; WOW64", "Chrome/106.0.5249.119 Safari/537.36"),
            Samples.webKit("Windows NT 10.0; Win64; x64", "Chrome/107.0.0.0 Safari/537.36")
        ),
        (
            Samples.webKit("Macintosh; Intel Mac OS X 13_0", "Chrome/106.0.5249.119 Safari/537.36"),
            Samples.webKit("Macintosh; Intel Mac OS X 10_15_7", "Chrome/107.0.0.0 Safari/537.36")
        ),
        (
            Samples.webKit("Linux; Android 13; SM-S908B", "Chrome/109.0.5414.85 Mobile Safari/537.36"),
            Samples.webKit("Linux; Android 10; K", "Chrome/110.0.0.0 Mobile Safari/537.36")
        ),
        (
            Samples.webKit("X11; CrOS aarch64 15117.111.0", "Chrome/106.0.5249.119 Safari/537.36"),
            Samples.webKit("X11; CrOS x86_64 14541.0.0", "Chrome/107.0.0.0 Safari/537.36")
        ),
        // Edge became Chromium.
        (
            Samples.webKit("Windows NT 10.0; Win64; x64", "Chrome/64.0.3282.140 Safari/537.36 Edge/18.17763"),
            Samples.webKit("Windows NT 10.0; Win64; x64", "Chrome/79.0.3945.74 Safari/537.36 Edg/79.0.309.43")
        ),
        (
            Samples.gecko("Windows NT 10.0; Win64; x64; rv:109.0", "Gecko/20100101 Firefox/119.0"),
            Samples.gecko("Windows NT 10.0; Win64; x64; rv:120.0", "Gecko/20100101 Firefox/120.0")
        ),
        (
            Samples.gecko("X11; Ubuntu; Linux x86_64; rv:121.0", "Gecko/20100101 Firefox/121.0"),
            Samples.gecko("X11; Linux x86_64; rv:122.0", "Gecko/20100101 Firefox/122.0")
        ),
        (
            Samples.mobile("iPhone; CPU iPhone OS 18_6", "605.1.15", "Version/18.6 Mobile/15E148 Safari/604.1"),
            Samples.mobile("iPhone; CPU iPhone OS 18_6", "605.1.15", "Version/26.0 Mobile/15E148 Safari/604.1")
        ),
        // A web application that was put on the home screen.
        (
            Samples.mobile("iPhone; CPU iPhone OS 17_4", "605.1.15", "Version/17.4 Mobile/15E148 Safari/604.1"),
            Samples.mobile("iPhone; CPU iPhone OS 17_4", "605.1.15", "Mobile/15E148")
        ),
        // Internet Explorer and its view for old sites.
        (
            "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko",
            "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.1; WOW64; Trident/7.0; SLCC2; .NET CLR 2.0.50727)"
        ),
        (
            Samples.mobile(
                "iPhone; CPU iPhone OS 17_4",
                "605.1.15",
                "Version/17.4 Mobile/15E148 DuckDuckGo/7 Safari/605.1.15"
            ),
            Samples.mobile("iPhone; CPU iPhone OS 17_5", "605.1.15", "Version/17.5 Mobile/15E148 Safari/604.1 Ddg/17.5")
        ),
        ("python-requests/2.31.0", "python-requests/2.32.5"),
    ]

    private static let requestsForTheDesktop: [(String, String)] = [
        (
            Samples.webKit("Linux; Android 10; K", "Chrome/140.0.0.0 Mobile Safari/537.36"),
            Samples.webKit("X11; Linux x86_64", "Chrome/140.0.0.0 Safari/537.36")
        ),
        (
            Samples.webKit(
                "Linux; Android 4.0.4; Galaxy Nexus Build/IMM76K",
                "Chrome/43.0.1025.166 Mobile Safari/535.19"
            ),
            Samples.webKit("X11; Linux x86_64", "Chrome/43.0.1025.45 Safari/535.19")
        ),
        (
            Samples.gecko("Android 15; Mobile; rv:141.0", "Gecko/141.0 Firefox/141.0"),
            Samples.gecko("X11; Linux x86_64; rv:141.0", "Gecko/20100101 Firefox/141.0")
        ),
        (
            Samples.gecko("Android 9; Mobile; rv:65.0", "Gecko/65.0 Firefox/65.0"),
            "Mozilla/5.0 (X11; Linux x86_64:65.0) Gecko/20100101 Firefox/65.0"
        ),
        (
            Samples.webKit("Linux; Android 10; K", "SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36"),
            Samples.webKit("X11; Linux x86_64", "SamsungBrowser/28.0 Chrome/130.0.0.0 Safari/537.36")
        ),
        (
            Samples.webKit("Linux; Android 10; K", "Chrome/140.0.0.0 Mobile Safari/537.36 EdgA/140.0.0.0"),
            Samples.webKit("X11; Linux x86_64", "Chrome/140.0.0.0 Safari/537.36 EdgA/140.0.0.0")
        ),
        (
            Samples.webKit("Linux; Android 10; K", "Chrome/140.0.0.0 Mobile Safari/537.36 EdgA/140.0.0.0"),
            Samples.webKit("X11; Linux x86_64", "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0")
        ),
        (
            Samples.webKit("Linux; Android 10; K", "Chrome/137.0.0.0 Mobile Safari/537.36 OPR/90.0.0.0"),
            Samples.webKit("X11; Linux x86_64", "Chrome/137.0.0.0 Safari/537.36 OPR/90.0.0.0")
        ),
        (
            Samples.mobile("iPhone; CPU iPhone OS 18_6", "605.1.15", "Version/18.6 Mobile/15E148 Safari/604.1"),
            Samples.macWebKit("10_15_7", "Version/18.6 Safari/605.1.15")
        ),
        (
            Samples.mobile("iPad; CPU OS 13_2_2", "605.1.15", "Version/13.0.3 Mobile/15E148 Safari/604.1"),
            Samples.macWebKit("10_15", "Version/13.0.3 Safari/605.1.15")
        ),
        (
            Samples.mobile("iPhone; CPU iPhone OS 14_3", "605.1.15", "CriOS/87.0.4280.77 Mobile/15E148 Safari/604.1"),
            Samples.macWebKit("10_13_5", "CriOS/87 Version/11.1.1 Safari/605.1.15")
        ),
        (
            Samples.mobile("iPad; CPU OS 13_3", "605.1.15", "FxiOS/23.0 Mobile/15E148 Safari/605.1.15"),
            Samples.macWebKit("10.15", "FxiOS/23.0 Safari/605.1.15")
        ),
        (
            Samples.mobile(
                "iPhone; CPU iPhone OS 17_6_1",
                "605.1.15",
                "Version/17.0 EdgiOS/127.2651.102 Mobile/15E148 Safari/605.1.15"
            ),
            Samples.macWebKit("10_15_7", "Version/17.0 EdgiOS/127.2651.102 Safari/605.1.15")
        ),
    ]

    static let ofTwoBrowsers: [(String, String)] = brands + platforms + strangers

    private static let windows = "Windows NT 10.0; Win64; x64"
    private static let chromeOnWindows = Samples.webKit(windows, "Chrome/140.0.0.0 Safari/537.36")
    private static let chromeOnAndroid = Samples.webKit("Linux; Android 10; K", "Chrome/140.0.0.0 Mobile Safari/537.36")

    private static let brands: [(String, String)] = [
        (chromeOnWindows, Samples.webKit(windows, "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0")),
        (chromeOnWindows, Samples.webKit(windows, "Chrome/140.0.0.0 Safari/537.36 OPR/124.0.0.0")),
        (chromeOnWindows, Samples.webKit(windows, "Chrome/136.0.0.0 YaBrowser/25.6.0.0 Safari/537.36")),
        (chromeOnWindows, Samples.webKit(windows, "HeadlessChrome/140.0.0.0 Safari/537.36")),
        (chromeOnWindows, Samples.gecko("\(windows); rv:141.0", "Gecko/20100101 Firefox/141.0")),
        (
            chromeOnAndroid,
            Samples.webKit("Linux; Android 10; K", "SamsungBrowser/28.0 Chrome/140.0.0.0 Mobile Safari/537.36")
        ),
        (
            Samples.mobile("iPhone; CPU iPhone OS 18_6", "605.1.15", "Version/18.6 Mobile/15E148 Safari/604.1"),
            Samples.mobile("iPhone; CPU iPhone OS 18_6", "605.1.15", "CriOS/140.0.7339.39 Mobile/15E148 Safari/604.1")
        ),
        (
            Samples.mobile("iPhone; CPU iPhone OS 18_6", "605.1.15", "FxiOS/141.0 Mobile/15E148 Safari/604.1"),
            Samples.mobile("iPhone; CPU iPhone OS 18_6", "605.1.15", "CriOS/140.0.7339.39 Mobile/15E148 Safari/604.1")
        ),
    ]

    private static let platforms: [(String, String)] = [
        (chromeOnWindows, Samples.webKit("Macintosh; Intel Mac OS X 10_15_7", "Chrome/140.0.0.0 Safari/537.36")),
        (chromeOnWindows, Samples.webKit("X11; Linux x86_64", "Chrome/140.0.0.0 Safari/537.36")),
        (chromeOnWindows, chromeOnAndroid),
        (
            chromeOnAndroid,
            Samples.mobile("iPhone; CPU iPhone OS 18_6", "605.1.15", "CriOS/140.0.7339.39 Mobile/15E148 Safari/604.1")
        ),
        (
            Samples.gecko("Macintosh; Intel Mac OS X 10.15; rv:141.0", "Gecko/20100101 Firefox/141.0"),
            Samples.gecko("X11; Linux x86_64; rv:141.0", "Gecko/20100101 Firefox/141.0")
        ),
    ]

    private static let strangers: [(String, String)] = [
        (chromeOnWindows, ""), (chromeOnWindows, "curl/8.14.1"), (chromeOnWindows, "Mozilla/5.0"), ("", "-"),
        ("curl/8.14.1", "Wget/1.25.0"), ("python-requests/2.32.5", "Python-urllib/3.13"),
        ("GuzzleHttp/7", "Go-http-client/2.0"), ("Apache-HttpClient/4.5.14", "ApacheBench/2.3"),
        ("Dalvik/2.1.0 (Linux; U; Android 9)", "Dalvik/2.1.0"),
        (
            Samples.gecko("compatible; Googlebot/2.1; +http://www.google.com/bot.html", ""),
            Samples.gecko("compatible; GoogleOther; +http://www.google.com/bot.html", "")
        ),
        // What is known not to be recognised as one browser, see UserAgent.
        (
            Samples.mobile("iPhone; CPU iPhone OS 18_6", "605.1.15", "FxiOS/141.0 Mobile/15E148 Safari/604.1"),
            Samples.macWebKit("10_15_7", "Version/16.0 Safari/605.1.15")
        ),
    ]
}
