// SPDX-License-Identifier: Apache-2.0

import Testing

import CloakroomCore

@Suite struct NearestNameTests {
    @Test(arguments: [
        ("", "", 0), ("", "abc", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "abd", 1), ("abc", "ab", 1),
        ("lock_wiat", "lock_wait", 1), ("kitten", "sitting", 3), ("ca", "abc", 3),
    ])
    func distanceCountsEdits(left: String, right: String, expected: Int) {
        #expect(NearestName.distance(left, right) == expected)
        #expect(NearestName.distance(right, left) == expected)
    }

    @Test func nearestIsSuggestedAndNothingThatIsFar() {
        let names = ["socket", "socket_mode", "users"]
        #expect(NearestName.suggestion(for: "sokcet", among: names) == "socket")
        #expect(NearestName.suggestion(for: "socketmode", among: names) == "socket_mode")
        #expect(NearestName.suggestion(for: "user", among: names) == "users")
        #expect(NearestName.suggestion(for: "directory", among: names) == nil)
        #expect(NearestName.suggestion(for: "x", among: []) == nil)
    }
}
