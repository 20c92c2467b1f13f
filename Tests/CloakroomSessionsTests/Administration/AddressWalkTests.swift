// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStore
import CloakroomTestKit
import Testing

@testable import CloakroomSessions

@Suite("A walk over damage") struct AddressWalkTests {
    private static let all = (0..<20_000).map { StoreSamples.address($0) }.sorted()

    /// A walk over ``all`` that fails where it would read one of `damaged`; answers what it met and the gaps.
    private func walk(damaged: Range<Int>) throws -> (met: [SessionAddress], gaps: Int, reads: Int) {
        var reads = 0
        var walk = AddressWalk<SessionAddress> { after, limit throws(StoreError) in
            reads += 1
            let start = after.map { after in Self.all.firstIndex { after < $0 } ?? Self.all.count } ?? 0
            let page = start..<min(start + limit, Self.all.count)
            if page.overlaps(damaged) { throw StoreError(.corruption, "damaged") }
            return Array(Self.all[page])
        } at: {
            $0
        }
        var met: [SessionAddress] = []
        var gaps = 0
        while let next = try walk.next() {
            met.append(next)
            gaps += walk.takeGaps().count
        }
        gaps += walk.takeGaps().count
        return (met, gaps, reads)
    }

    @Test("meets all that is before it, and nearly all behind", arguments: [5000..<5012, 0..<3, 19_990..<20_000])
    func gap(_ damaged: Range<Int>) throws {
        let (met, gaps, reads) = try walk(damaged: damaged)
        #expect(gaps == 1)
        #expect(Set(met).isSuperset(of: Self.all[..<damaged.lowerBound]))
        #expect(met.count >= Self.all.count - damaged.count - 5)
        #expect(Set(met).count == met.count && met == met.sorted())
        #expect(reads < 200)
    }

    @Test("meets everything where there is none")
    func whole() throws {
        let (met, gaps, reads) = try walk(damaged: 0..<0)
        #expect(met == Self.all)
        #expect(gaps == 0)
        #expect(reads == 3)
    }

    @Test("reports other faults at once")
    func fault() {
        var walk = AddressWalk<SessionAddress> { _, _ throws(StoreError) in
            throw StoreError(.inputOutput, "closed")
        } at: {
            $0
        }
        #expect(throws: StoreError(.inputOutput, "")) { try walk.next() }
    }
}
