// SPDX-License-Identifier: Apache-2.0

/// What a word that is known says about a user agent.
enum UserAgentRole {
    /// Whose browser it is, unless a more telling word is there as well.
    case browser(BrowserBrand)
    /// That it is another program, which has a browser's words besides. The name is the one that its token is made from.
    case program(StaticString)
    /// What it runs on.
    case platform(PlatformClass)
    /// That the page is shown by WebKit, as Safari's are.
    case webKit
    /// Nothing: everyone has it.
    case filler

    /// What a word says, or `nil` if it is not known.
    init?(_ name: UnsafeRawBufferPointer) {
        // Strings of up to 15 bytes need no allocation, and no name that is known is longer.
        guard name.count <= 15, let role = Self.roles[String(decoding: name, as: UTF8.self)] else { return nil }
        self = role
    }

    /// The names of the programs that are known, by their tokens.
    static let programs: [ProgramToken: StaticString] = roles.values.reduce(into: [:]) { programs, role in
        if case .program(let name) = role { programs[ProgramToken(name)] = name }
    }

    // Only names that a program sends to every site, in every version: one that comes and goes would part it from itself.
    private static let roles: [String: UserAgentRole] = [
        "Chrome": .browser(.chrome), "CriOS": .browser(.chrome), "Chromium": .browser(.chrome),
        "Edg": .browser(.edge), "Edge": .browser(.edge), "EdgA": .browser(.edge), "EdgiOS": .browser(.edge),
        "Firefox": .browser(.firefox), "FxiOS": .browser(.firefox),
        "Safari": .browser(.safari),
        "Opera": .browser(.opera), "OPR": .browser(.opera), "OPRGX": .browser(.opera), "OPX": .browser(.opera),
        "OPT": .browser(.opera), "OPiOS": .browser(.opera), "Coast": .browser(.opera),
        "SamsungBrowser": .browser(.samsungInternet),
        "MSIE": .browser(.internetExplorer), "Trident": .browser(.internetExplorer),
        "IEMobile": .browser(.internetExplorer),

        "Avast": .program("avast"), "Basilisk": .program("basilisk"), "coc_coc_browser": .program("coc_coc"),
        "Ddg": .program("duckduckgo"), "DuckDuckGo": .program("duckduckgo"), "Electron": .program("electron"),
        "Falkon": .program("falkon"), "Focus": .program("focus"), "GSA": .program("gsa"),
        "HeadlessChrome": .program("headlesschrome"), "HeyTapBrowser": .program("heytapbrowser"),
        "HuaweiBrowser": .program("huaweibrowser"), "Klar": .program("focus"), "Maxthon": .program("maxthon"),
        "MiuiBrowser": .program("miuibrowser"), "MQQBrowser": .program("qqbrowser"),
        "OculusBrowser": .program("oculusbrowser"), "PaleMoon": .program("palemoon"),
        "PhantomJS": .program("phantomjs"), "Puffin": .program("puffin"), "QQBrowser": .program("qqbrowser"),
        "SeaMonkey": .program("seamonkey"), "Silk": .program("silk"), "Sleipnir": .program("sleipnir"),
        "UBrowser": .program("ucbrowser"), "UCBrowser": .program("ucbrowser"), "Vivaldi": .program("vivaldi"),
        "VivoBrowser": .program("vivobrowser"), "Waterfox": .program("waterfox"), "Whale": .program("whale"),
        "YaBrowser": .program("yabrowser"),

        "Windows": .platform(.windows),
        "Macintosh": .platform(.apple), "iPhone": .platform(.apple), "iPad": .platform(.apple),
        "iPod": .platform(.apple), "Darwin": .platform(.apple),
        "Android": .platform(.androidOrLinux), "Linux": .platform(.androidOrLinux), "LINUX": .platform(.androidOrLinux),
        "X11": .platform(.androidOrLinux), "CrOS": .platform(.androidOrLinux),
        "OpenHarmony": .platform(.androidOrLinux),

        "AppleWebKit": .webKit,
        "Mozilla": .filler, "Gecko": .filler, "KHTML": .filler, "Version": .filler, "Mobile": .filler,
    ]
}
