// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CloakroomSessions

@Suite struct LatencyScaleTests {
    @Test func bucketsFollowEachOtherWithoutAGap() {
        #expect(LatencyScale.start(of: 0) == 0)
        for bucket in 0..<LatencyScale.buckets {
            let (start, end) = (LatencyScale.start(of: bucket), LatencyScale.start(of: bucket + 1))
            #expect(start < end)
            for duration in [start, (start + end) / 2, end - 1] {
                #expect(LatencyScale.bucket(of: duration) == bucket, "\(duration)")
            }
        }
        #expect(LatencyScale.start(of: LatencyScale.buckets) == 1 << UInt64(LatencyScale.rangeBits))
    }

    @Test func bucketIsNarrow() {
        for bucket in 0..<LatencyScale.buckets {
            let (start, end) = (LatencyScale.start(of: bucket), LatencyScale.start(of: bucket + 1))
            #expect(end - start == 64 || Double(end - start) <= Double(start) / 32)
        }
    }

    @Test(arguments: [1 << 37, 1 << 40, UInt64.max]) func whatIsTooLongIsInTheLastBucket(_ duration: UInt64) {
        #expect(LatencyScale.bucket(of: duration) == LatencyScale.buckets - 1)
    }

    @Test func powersOfTwoBeginABucket() {
        for exponent in 12..<LatencyScale.rangeBits {
            let power = UInt64(1) << UInt64(exponent)
            #expect(LatencyScale.start(of: LatencyScale.bucket(of: power)) == power)
        }
    }
}
