// SPDX-License-Identifier: Apache-2.0

import CloakroomGate
import Testing

@Suite struct GateStatisticsTests {
    @Test func eachEventIsCounted() {
        for event in GateStatistics.Event.allCases {
            let statistics = GateStatistics()
            statistics.add(event)
            for other in GateStatistics.Event.allCases {
                let isCounted = other == event || (event == .admittedUnchecked && other == .unanswered)
                #expect(statistics[other] == (isCounted ? 1 : 0))
            }
            #expect(statistics.counts["\(event)"] == 1)
        }
    }
}
