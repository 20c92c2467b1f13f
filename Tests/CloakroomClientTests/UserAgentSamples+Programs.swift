// SPDX-License-Identifier: Apache-2.0

extension UserAgentSamples {
    /// What is none of the well-known browsers.
    static let programs: [(text: String, family: String)] = [
        ("curl/8.14.1", "curl on an unknown system"),
        ("curl/7.38.0", "curl on an unknown system"),
        ("Wget/1.25.0", "wget on an unknown system"),
        ("HTTPie/3.2.4", "httpie on an unknown system"),
        ("python-requests/2.32.5", "pyt~2cb381 on an unknown system"),
        ("Python-urllib/3.13", "pyt~6ead5d on an unknown system"),
        ("Go-http-client/2.0", "go-~024d5a on an unknown system"),
        ("okhttp/4.12.0", "okhttp on an unknown system"),
        ("Java/17.0.2", "java on an unknown system"),
        ("PostmanRuntime/7.45.0", "pos~7edee4 on an unknown system"),
        ("Symfony HttpClient (Curl)", "sym~066c1f on an unknown system"),
        ("Dalvik/2.1.0 (Linux; U; Android 9; SM-G960F Build/PPR1.180610.011)", "dalvik on Android or Linux"),
        ("Weather/1.4 CFNetwork/3826.500.131 Darwin/24.5.0", "wea~4047ff on an Apple system"),
        ("MyShop 12 Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) Safari/604.1", "myshop on an Apple system"),
        (gecko("Windows NT; Windows NT 10.0; de-DE", "WindowsPowerShell/5.1.19041.1682"), "win~493491 on Windows"),

        (gecko("compatible; Googlebot/2.1; +http://www.google.com/bot.html", ""), "goo~61b140 on an unknown system"),
        ("Googlebot/2.1 (+http://www.google.com/bot.html)", "goo~61b140 on an unknown system"),
        (
            webKit(
                "Linux; Android 6.0.1; Nexus 5X Build/MMB29P",
                "Chrome/141.0.0.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
            ),
            "goo~61b140 on Android or Linux"
        ),
        (
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) "
                + "Chrome/116.0.1938.76 Safari/537.36",
            "bin~57acdb on an unknown system"
        ),
        (macWebKit("10_15_5", "Version/17.4 Safari/605.1.15 (Applebot/0.1)"), "app~3c2c71 on an Apple system"),
        (
            gecko("compatible;PetalBot;+https://webmaster.petalsearch.com/site/petalbot", ""),
            "pet~6d36d3 on an unknown system"
        ),
        (
            "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
            "fac~365005 on an unknown system"
        ),

        (
            webKit("Windows NT 10.0; WOW64", "Chrome/44.0.2403.75 Safari/537.36 Vivaldi/1.0.219.50"),
            "vivaldi on Windows"
        ),
        (
            webKit("Windows NT 6.1; WOW64", "Chrome/63.0.3239.132 YaBrowser/18.1.1.839 Yowser/2.5 Safari/537.36"),
            "yabrowser on Windows"
        ),
        (
            webKit(
                "Linux; arm_64; Android 14; SM-A556E",
                "Chrome/136.0.0.0 YaBrowser/25.6.0.200.00 SA/3 Mobile Safari/537.36"
            ),
            "yabrowser on Android or Linux"
        ),
        (
            webKit("X11; Linux x86_64", "HeadlessChrome/131.0.0.0 Safari/537.36"),
            "headlesschrome on Android or Linux"
        ),
        (
            webKit("Windows NT 10.0; Win64; x64", "Slack/4.45.64 Chrome/138.0.0.0 Electron/37.2.3 Safari/537.36"),
            "electron on Windows"
        ),
        (
            mobile("iPhone; CPU iPhone OS 17_4", "605.1.15", "Version/17.4 Mobile/15E148 DuckDuckGo/7 Safari/605.1.15"),
            "duckduckgo on an Apple system"
        ),
        (macWebKit("10_15_7", "Version/18.5 Safari/605.1.15 Ddg/18.5"), "duckduckgo on an Apple system"),
        (
            mobile("iPhone; CPU iPhone OS 17_4", "605.1.15", "GSA/312.0.624 Mobile/15E148 Safari/604.1"),
            "gsa on an Apple system"
        ),
        (
            mobile(
                "iPhone; CPU iPhone OS 17_4",
                "605.1.15",
                "Mobile/15E148 MicroMessenger/8.0.49 NetType/WIFI Language/en"
            ),
            "mic~028297 on an Apple system"
        ),
        (
            gecko("X11; Linux x86_64; rv:128.0", "Gecko/20100101 Goanna/6.8 Firefox/128.0 PaleMoon/33.8.1"),
            "palemoon on Android or Linux"
        ),
        (gecko("Windows NT 10.0; rv:60.0", "Gecko/20100101 Firefox/60.0 SeaMonkey/2.53.19"), "seamonkey on Windows"),
        (
            "Mozilla/5.0 (Nintendo Switch; WifiWebAuthApplet) AppleWebKit/609.4 (KHTML, like Gecko) NF/6.0.2 NintendoBrowser/5.1",
            "nf on an unknown system"
        ),
        ("Mozilla/5.0 (PlayStation 4 5.55) AppleWebKit/601.2 (KHTML, like Gecko)", "moz~383517 on an unknown system"),

        ("Mozilla/5.0", "moz~383517 on an unknown system"),
        ("-", "- on an unknown system"),
        ("", "no user agent"),
        (" ();,", "no user agent"),
    ]
}
