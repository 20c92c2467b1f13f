// SPDX-License-Identifier: Apache-2.0

import CloakroomClient
import Testing

@Suite struct UserAgentFamilyTests {
    // Sessions keep these bytes: they are written out, so that a change does not go unnoticed.
    @Test(
        arguments: [
            ("", [0, 0, 0, 0, 0, 0, 0, 0]),
            (UserAgentSamples.webKit("Windows NT 10.0", "Chrome/140.0.0.0 Safari/537.36"), [1, 1, 0, 0, 0, 0, 0, 0]),
            (UserAgentSamples.webKit("X11; Linux", "Chrome/140.0.0.0 Edg/140.0.0.0"), [2, 3, 0, 0, 0, 0, 0, 0]),
            (UserAgentSamples.gecko("Macintosh", "Firefox/141.0"), [3, 2, 0, 0, 0, 0, 0, 0]),
            (UserAgentSamples.macWebKit("10_15_7", "Version/26.0 Safari/605.1.15"), [4, 2, 0, 0, 0, 0, 0, 0]),
            ("Opera/9.80 (X11; Linux x86_64) Presto/2.12 Version/12.16", [5, 3, 0, 0, 0, 0, 0, 0]),
            (UserAgentSamples.webKit("Android", "SamsungBrowser/28.0"), [6, 3, 0, 0, 0, 0, 0, 0]),
            ("Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko", [7, 1, 0, 0, 0, 0, 0, 0]),
            ("CURL/8.14.1", [255, 0, 0x63, 0x75, 0x72, 0x6c, 0, 0]),
            ("okhttp/4.12.0", [255, 0, 0x6f, 0x6b, 0x68, 0x74, 0x74, 0x70]),
            ("python-requests/2.32.5", [255, 0, 0x70, 0x79, 0x74, 0xac, 0xb3, 0x81]),
            ("é/1", [255, 0, 0x5f, 0x5f, 0, 0x9d, 0xe8, 0xfc]),
        ] as [(String, [UInt8])]
    )
    func encodingIsStable(_ text: String, _ bytes: [UInt8]) {
        let family = UserAgent.family(of: text)
        #expect(family.bytes == bytes)
        #expect(bytes.withUnsafeBytes { UserAgentFamily(decoding: $0) } == family)
    }

    @Test(
        arguments: [
            [],
            [1, 1, 0, 0, 0, 0, 0],
            [1, 1, 0, 0, 0, 0, 0, 0, 0],
            [8, 1, 0, 0, 0, 0, 0, 0],
            [254, 1, 0, 0, 0, 0, 0, 0],
            [1, 4, 0, 0, 0, 0, 0, 0],
            [0, 1, 0, 0, 0, 0, 0, 0],
            // A token where there is none, none where there is one.
            [1, 1, 0x63, 0x75, 0x72, 0x6c, 0, 0],
            [0, 0, 0, 0, 0, 0, 0, 1],
            [255, 0, 0, 0, 0, 0, 0, 0],
            // No token of a name: upper case, a gap, a character that is none, a hash without a name.
            [255, 0, 0x43, 0x75, 0x72, 0x6c, 0, 0],
            [255, 0, 0x63, 0, 0x72, 0x6c, 0, 0],
            [255, 0, 0x63, 0x75, 0x72, 0x6c, 0, 0x6c],
            [255, 0, 0x63, 0x75, 0x20, 0, 0, 0],
            [255, 0, 0, 0, 0, 0x80, 1, 2],
            [255, 0, 0x43, 0, 0, 0x80, 1, 2],
        ] as [[UInt8]]
    )
    func otherBytesAreRefused(_ bytes: [UInt8]) {
        #expect(bytes.withUnsafeBytes { UserAgentFamily(decoding: $0) } == nil)
    }

    @Test func rawValuesAreStable() {
        #expect(BrowserBrand.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 5, 6, 7, 255])
        #expect(PlatformClass.allCases.map(\.rawValue) == [0, 1, 2, 3])
    }

    @Test func partsAreToldApart() {
        let family = UserAgent.family(of: "curl/8.14.1 (Linux)")
        #expect(family.brand == .other)
        #expect(family.platform == .androidOrLinux)
        #expect(family.program?.description == "curl")
        #expect(UserAgent.family(of: "").program == nil)
    }

    @Test func nameOfAProgramIsTheSameInUpperAndLowerCase() {
        #expect(UserAgent.family(of: "Python-Requests/1") == UserAgent.family(of: "python-requests/2"))
        #expect(UserAgent.family(of: "WGET") == UserAgent.family(of: "wget/2"))
    }
}
