// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import Foundation
import Testing

@testable import CloakroomSessions

@Suite struct LatencyCountsTests {
    private func counts(_ durations: [UInt64]) -> LatencyCounts {
        var counts = LatencyCounts()
        for duration in durations {
            counts.add(1, bucket: LatencyScale.bucket(of: duration))
            counts.note(maximum: duration)
        }
        return counts
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>) func percentilesAreThoseOfTheSortedDurations(_ seed: UInt64) throws
    {
        var generator = SeededGenerator(seed: seed)
        let number = Int.random(in: 1...5000, using: &generator)
        // From 100 ns to 100 s, as many in each power of ten.
        let durations = (0..<number).map { _ in UInt64(pow(10, Double.random(in: 2...11, using: &generator))) }.sorted()
        let counts = counts(durations)
        #expect(counts.count == UInt64(number))
        #expect(counts.maximum == durations.last)
        for share in [0.001, 0.5, 0.9, 0.99, 0.999, 1] {
            let rank = max(1, Int((share * Double(number)).rounded(.up)))
            let (found, exact) = (Double(try #require(counts.percentile(share))), Double(durations[rank - 1]))
            #expect(abs(found - exact) <= max(32, exact / 64), "\(share) of \(number)")
        }
        for exponent in 12...36 {
            #expect(counts.count(belowPowerOfTwo: exponent) == UInt64(durations.count { $0 < 1 << UInt64(exponent) }))
        }
        let sum = durations.reduce(0, +)
        #expect(abs(Double(counts.sum) - Double(sum)) <= Double(sum) / 64 + 32 * Double(number))
    }

    @Test func withoutRequestsThereIsNoPercentile() {
        #expect(LatencyCounts().percentile(0.5) == nil)
        #expect(LatencyCounts().sum == 0)
        #expect(LatencyCounts().count(belowPowerOfTwo: 36) == 0)
    }

    @Test func noPercentileIsAboveTheMaximum() {
        // The middle of its bucket is above it.
        let start = LatencyScale.start(of: 500)
        #expect(counts([start]).percentile(0.5) == start)
    }
}
