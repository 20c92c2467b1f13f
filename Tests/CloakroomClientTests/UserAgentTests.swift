// SPDX-License-Identifier: Apache-2.0

import CloakroomClient
import Testing

@Suite struct UserAgentTests {
    @Test(arguments: UserAgentSamples.browsers + UserAgentSamples.programs)
    func familyIsTold(_ text: String, _ family: String) {
        #expect(UserAgent.family(of: text).description == family, "\(text)")
    }

    @Test func samplesAreMany() {
        #expect(Set((UserAgentSamples.browsers + UserAgentSamples.programs).map(\.text)).count >= 100)
    }

    // Of samples of different families, none has the encoding of another.
    @Test func familiesOfSamplesDiffer() {
        var texts: [[UInt8]: Set<String>] = [:]
        for sample in UserAgentSamples.browsers + UserAgentSamples.programs {
            texts[UserAgent.family(of: sample.text).bytes, default: []].insert(sample.family)
        }
        #expect(texts.values.allSatisfy { $0.count == 1 })
    }

    @Test(arguments: UserAgentSamples.browsers.map(\.text) + UserAgentSamples.programs.map(\.text))
    func familyOutlivesAnUpdate(_ text: String) {
        // Every number is another, as in another version on another system.
        let updated = String(text.map { ("1"..."8").contains($0) ? "9" : $0 }).replacing("X99", with: "X11")
        let known = UserAgent.family(of: text)
        // The names of a few programs have digits.
        if known.program == nil { #expect(UserAgent.family(of: updated) == known, "\(updated)") }
    }

    @Test(arguments: UserAgentPairs.ofOneBrowser)
    func oneBrowserHasOneFamily(_ before: String, _ after: String) {
        #expect(UserAgent.family(of: before) == UserAgent.family(of: after), "\(before)\n\(after)")
    }

    @Test(arguments: UserAgentPairs.ofTwoBrowsers)
    func twoBrowsersHaveTwoFamilies(_ one: String, _ other: String) {
        #expect(UserAgent.family(of: one) != UserAgent.family(of: other), "\(one)\n\(other)")
    }

    @Test func noMoreThanTheFirstBytesAreLookedAt() {
        let room = String(repeating: " ", count: UserAgent.maximumLength - 8)
        #expect(UserAgent.family(of: room + "wget/1.0" + "x").description == "wget on an unknown system")
        #expect(UserAgent.family(of: room + "    wget/1.0").description == "wget on an unknown system")
        #expect(UserAgent.family(of: String(repeating: "(", count: 10_000_000)).description == "no user agent")
        #expect(UserAgent.family(of: room + "        wget/1.0").description == "no user agent")
    }

    @Test func anyBytesHaveAFamily() {
        for byte in UInt8.min...UInt8.max {
            for count in [1, 7, 2000] {
                let family = [UInt8](repeating: byte, count: count).withUnsafeBytes { UserAgent.family(of: $0) }
                #expect(family.bytes.withUnsafeBytes { UserAgentFamily(decoding: $0) } == family)
            }
        }
    }
}
