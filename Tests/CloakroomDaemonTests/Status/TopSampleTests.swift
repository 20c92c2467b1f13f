// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomAdmin
import CloakroomStatus
import Testing

@testable import cloakroomctl

/// What is shown of a status, and how.
@Suite struct TopSampleTests {
    private static func report(
        pid: Int32 = 1,
        uptime: UInt64,
        pools: [String] = ["default"],
        counts: [String: Int] = [:]
    ) -> StatusReport {
        let daemon = DaemonStatus(
            version: "0.1.0",
            pid: pid,
            uptime: uptime,
            time: 2_000_000_000,
            clockLead: 0,
            connections: 0,
            connectionLimit: 1000,
            connectionsRefused: 0,
            memory: 50 << 20,
            keyMemory: 0,
            keyMemorySize: 1 << 20
        )
        let times = LatencyStatus.Distribution(
            count: 123_456_789,
            p50: 12_300,
            p90: 123_000,
            p99: 999_400,
            p999: 999_499_999,
            max: 137_000_000_000
        )
        return StatusReport(
            daemon: daemon,
            pools: pools.map { name in
                var pool = PoolStatus(pool: name, locks: LockStatus(held: 123, waiting: 99), store: StoreStatus())
                pool.sessions = 10_000_000
                pool.counts = counts
                pool.latencies = LatencyStatus.Kind.allCases.map {
                    LatencyStatus(kind: $0, sinceStart: times, lastMinute: times, sum: 0, below: [])
                }
                return pool
            }
        )
    }

    @Test func ratesAreTheDifferenceInASecond() throws {
        let before = Self.report(
            uptime: 10_000,
            counts: ["found": 10, "absent": 5, "created": 1, "expired": 1, "admitted": 7]
        )
        let after = Self.report(
            uptime: 12_000,
            counts: [
                "found": 30, "absent": 6, "created": 4, "expired": 2, "destroyed": 1, "rejected": 5, "admitted": 10,
                "turnedAway": 1,
            ]
        )
        let rates = try #require(TopSample(after, after: before).pools[0].perSecond)
        #expect(rates.reads == 10.5)
        #expect(rates.writes == 1.5)
        #expect(rates.new == 1.5)
        #expect(rates.ended == 1)
        #expect(rates.touches == 0)
        #expect(rates.checks == 2)
        #expect(rates.rejections == 2.5)
    }

    @Test func whatCannotBeComparedHasNoRates() {
        let before = Self.report(uptime: 10_000)
        #expect(TopSample(before, after: nil).pools[0].perSecond == nil)
        // The same moment; another process; the same number for a later process.
        #expect(TopSample(Self.report(uptime: 10_000), after: before).pools[0].perSecond == nil)
        #expect(TopSample(Self.report(pid: 2, uptime: 20_000), after: before).pools[0].perSecond == nil)
        #expect(TopSample(Self.report(uptime: 9_000), after: before).pools[0].perSecond == nil)
        // A pool that was not there.
        let other = TopSample(Self.report(uptime: 20_000, pools: ["default", "shop"]), after: before)
        #expect(other.pools.map { $0.perSecond == nil } == [false, true])
    }

    @Test func screenFitsWhateverThereIs() {
        let counts = ["found": 99_999_999, "created": 99_999_999, "touched": 99_999_999, "expired": 99_999_999]
        for number in [1, 3, 40] {
            let pools = (0..<number).map { "pool\($0)-of-a-very-long-name" }
            let sample = TopSample(
                Self.report(uptime: 3_000, pools: pools, counts: counts),
                after: Self.report(uptime: 2_000, pools: pools)
            )
            for selected in [0, number - 1] {
                let lines = TopText(sample, .plain).screen(rows: 24, columns: 80, selected: selected, notice: nil)
                #expect(lines.count == 24)
                #expect(lines.allSatisfy { $0.count <= 80 }, "\(lines.filter { $0.count > 80 })")
                #expect(lines.last?.hasPrefix("q ends") == true)
                // The chosen one is among those that are shown, with all kinds of its latencies.
                if number > 1 { #expect(lines.contains { $0.hasPrefix("> pool\(selected)-") }) }
                #expect(lines.contains { $0.hasPrefix("    other") })
            }
            for rows in 1...30 {
                #expect(TopText(sample, .plain).screen(rows: rows, columns: 80, selected: 0, notice: "x").count == rows)
            }
        }
    }

    @Test func figuresHaveFewDigits() {
        #expect(
            [0, 1023, 1024, 1536, 10_240, 1 << 20, 5 << 40].map { ByteText.text($0) }
                == ["0 B", "1023 B", "1.0 KiB", "1.5 KiB", "10 KiB", "1.0 MiB", "5.0 TiB"]
        )
        #expect(
            [0, 999, 1000, 12_345, 999_499, 999_500, 3_400_000, 999_499_999, 999_500_000, 137_000_000_000]
                .map { HumanText.latency(nanoseconds: $0) }
                == ["0 ns", "999 ns", "1.0 µs", "12 µs", "999 µs", "1.0 ms", "3.4 ms", "999 ms", "1.0 s", "137 s"]
        )
        #expect(
            [0, 999, 1000, 59_999, 119_999, 120_000].map { HumanText.duration(milliseconds: $0) }
                == ["0 ms", "999 ms", "1.0 s", "60 s", "120 s", "2 min"]
        )
        #expect(
            [0, 0.5, 0.9994, 0.99999, 1].map { HumanText.share($0) } == [
                "0.0 %", "50.0 %", "99.9 %", "99.9 %", "100.0 %",
            ]
        )
        #expect(
            [0, 0.04, 0.5, 9.96, 999.4, 1234, 45_600, 1_200_000].map { HumanText.rate($0) }
                == ["0", "0", "0.5", "10", "999", "1.2k", "46k", "1.2M"]
        )
    }

    @Test func linesAreCutBetweenCharacters() {
        #expect(TerminalLine.cut("hello", to: 5) == "hello")
        #expect(TerminalLine.cut("hello", to: 4) == "hell")
        #expect(TerminalLine.cut("\u{1B}[1;31mhello\u{1B}[0m", to: 2) == "\u{1B}[1;31mhe\u{1B}[0m")
        #expect(TerminalLine.cut("12 µs…", to: 5) == "12 µs")
        #expect(TerminalLine.cut("x", to: 0) == "")
    }

    @Test func keysAreUnderstood() {
        let event = { (keys: String) in TopEvents.event(of: Array(keys.utf8)) }
        #expect(event("q") == .quit)
        #expect(event("\tQ\t") == .quit)
        #expect(event("\u{1B}[A") == .move(-1))
        #expect(event("\u{1B}OB") == .move(1))
        #expect(event("\u{1B}[Z") == .move(-1))
        #expect(event(" ") == .refresh)
        for keys in ["", "x", "\u{1B}", "\u{1B}[5~", "\u{1B}[1;5D"] { #expect(event(keys) == nil) }
        #expect(TopEvents.event(of: [0xFF, 0xFE, 0x00]) == nil)
    }
}
