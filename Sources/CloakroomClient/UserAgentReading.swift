// SPDX-License-Identifier: Apache-2.0

/// What is known of a user agent after some of its words.
struct UserAgentReading {
    /// The first word: `Mozilla` in any browser, the program's own name in anything else.
    private var firstName: UnsafeRawBufferPointer?
    /// The most telling brand.
    private var brand = BrowserBrand.unnamed
    /// A program that is no browser, or one that says so among the words of another.
    private var program: ProgramToken?
    private var platform: PlatformClass?
    private var hasWebKit = false
    /// The first product that is not known.
    private var unknownName: UnsafeRawBufferPointer?
    /// Whether the word before was `compatible`, after which robots have their name.
    private var isAfterCompatible = false

    init(_ text: UnsafeRawBufferPointer) {
        for word in UserAgentWords(text) { read(word) }
    }

    /// What the words come to.
    var family: UserAgentFamily {
        let platform = platform ?? .other
        if let program { return UserAgentFamily(program, on: platform) }
        if brand != .unnamed { return UserAgentFamily(brand, on: platform) }
        if let unknownName { return UserAgentFamily(ProgramToken(unknownName), on: platform) }
        // A web application on the home screen, which is Safari's, has neither its name nor another.
        if hasWebKit, platform == .apple { return UserAgentFamily(.safari, on: platform) }
        guard let firstName else { return UserAgentFamily(.unnamed, on: platform) }
        return UserAgentFamily(ProgramToken(firstName), on: platform)
    }

    private mutating func read(_ word: UserAgentWord) {
        let role = UserAgentRole(word.name)
        if firstName == nil {
            firstName = word.name
            if !Self.beginsBrowser(role) { program = ProgramToken(word.name) }
        }
        switch role {
        case .browser(let brand)? where word.hasVersion || brand == .internetExplorer:
            if brand.strength > self.brand.strength { self.brand = brand }
        case .program(let name)? where word.hasVersion:
            program = program ?? ProgramToken(name)
        case .platform(let platform)?:
            // The first: Windows phones said "Windows Phone 10.0; Android 6.0.1", and "like iPhone OS" after that.
            self.platform = self.platform ?? platform
        case .webKit?:
            hasWebKit = true
        case .browser?, .program?, .filler?:
            break
        case nil:
            readUnknown(word)
        }
        isAfterCompatible = word.name.elementsEqual("compatible".utf8)
    }

    private mutating func readUnknown(_ word: UserAgentWord) {
        if isAfterCompatible || word.isRobot {
            program = program ?? ProgramToken(word.name)
        } else if word.hasVersion, !word.isInComment {
            unknownName = unknownName ?? word.name
        }
    }

    /// Whether a browser's user agent may begin with such a word: `Mozilla`, or `Opera` before it was Chromium.
    private static func beginsBrowser(_ role: UserAgentRole?) -> Bool {
        switch role {
        case .filler?, .browser(.opera)?: true
        default: false
        }
    }
}

extension BrowserBrand {
    /// Which brand it is if a user agent has words of two: Edge calls itself Chrome and Safari as well.
    fileprivate var strength: Int {
        switch self {
        case .unnamed: 0
        case .safari: 1
        case .chrome: 2
        case .firefox: 3
        case .internetExplorer: 4
        case .samsungInternet: 5
        case .opera: 6
        case .edge: 7
        case .other: 8
        }
    }
}
