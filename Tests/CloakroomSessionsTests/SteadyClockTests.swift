// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStore
import CloakroomTestKit
import Logging
import Testing

@testable import CloakroomSessions

@Suite struct SteadyClockTests {
    private static let day: Int64 = 86_400
    private static let year: Int64 = 366 * day
    private static let begin: UInt64 = 1_700_000_000
    private static let first = BootID(high: 1, low: 2)
    private static let second = BootID(high: 3, low: 4)

    private let machine = MovedSources(wall: begin)
    private let store = MemoryStore()
    private let log = RecordedLog()

    /// A clock that goes on where the last one was.
    private func start(boot: BootID? = first) throws -> (clock: SteadyClock, keeper: ClockKeeper) {
        let clock = SteadyClock(machine.sources(boot: boot))
        let keeper = ClockKeeper(clock, in: store, logger: log.logger)
        try keeper.start()
        return (clock, keeper)
    }

    @Test func standsAt1970UntilItIsStarted() throws {
        let clock = SteadyClock(machine.sources(boot: Self.first))
        #expect(clock.now().seconds == 1000)
        #expect(clock.start(after: nil) == .fresh)
        #expect(clock.now().seconds == Self.begin)
    }

    @Test func systemsClocksAreThoseOfTheSystem() throws {
        let sources = TimeSources.system
        #expect(sources.wall() > Self.begin * 1_000_000)
        let before = sources.elapsed()
        #expect(before <= sources.elapsed())
        #expect(sources.boot != nil)
        #expect(sources.boot == .current)
    }

    @Test(arguments: [-year, -day, -59, 0, 59, day, year]) func goesByWhatElapses(_ jump: Int64) throws {
        let (clock, _) = try start()
        machine.jump(seconds: jump)
        #expect(clock.now().seconds == Self.begin)
        machine.advance(seconds: 100)
        #expect(clock.now().seconds == Self.begin + 100)
        #expect(clock.lead == .seconds(-jump))
    }

    @Test(arguments: [-year, -day, 0, day, 3 * year]) func goesOnExactlyInTheSameRunOfTheMachine(_ jump: Int64) throws {
        let (_, keeper) = try start()
        machine.advance(seconds: 10)
        keeper.save()
        machine.advance(seconds: 20)
        machine.jump(seconds: jump)
        machine.advance(seconds: 30)
        let (clock, again) = try start()
        #expect(clock.now().seconds == Self.begin + 60)
        // Also when the daemon before was killed before it stored the time.
        again.save()
        machine.advance(seconds: 5)
        #expect(try start().clock.now().seconds == Self.begin + 65)
        #expect(log.messages(.warning) == [])
    }

    @Test(arguments: [(0, 500), (-day, 0), (-300, 200), (day, day + 500)] as [(Int64, Int64)])
    func isNeverEarlierThanBeforeInTheNextRunOfTheMachine(_ jump: Int64, _ passed: Int64) throws {
        let (_, keeper) = try start()
        keeper.save()
        machine.reboot(off: 500)
        machine.jump(seconds: jump)
        let (clock, _) = try start(boot: Self.second)
        #expect(clock.now().seconds == Self.begin + UInt64(passed))
        machine.advance(seconds: 7)
        #expect(clock.now().seconds == Self.begin + UInt64(passed) + 7)
    }

    /// Two runs of a machine that nobody can tell apart; and a machine that was set back to an earlier state.
    @Test(arguments: [nil, first]) func runsThatAreNotKnownAreNotTakenForOne(_ boot: BootID?) throws {
        let (_, keeper) = try start(boot: boot)
        keeper.save()
        machine.reboot(off: 500)
        #expect(try start(boot: boot).clock.now().seconds == Self.begin + 500)
        machine.jump(seconds: -1000)
        #expect(try start(boot: boot).clock.now().seconds == Self.begin)
    }

    @Test(arguments: [(0, false), (1, true)] as [(Int64, Bool)])
    func timeOfMoreThanAYearAheadIsGivenUp(_ more: Int64, _ isReset: Bool) throws {
        let (_, keeper) = try start()
        keeper.save()
        machine.reboot(off: 0)
        machine.jump(seconds: -(Self.year + more))
        let (clock, _) = try start(boot: Self.second)
        let wall = Int64(Self.begin) - Self.year - more
        #expect(clock.now().seconds == UInt64(isReset ? wall : Int64(Self.begin)))
        #expect(log.messages(.warning).contains { $0.contains("more than a year ahead") } == isReset)
        // From then on all is well.
        ClockKeeper(clock, in: store, logger: log.logger).save()
        machine.advance(seconds: 9)
        let warnings = log.messages(.warning)
        #expect(try start(boot: Self.second).clock.now() == clock.now())
        #expect(log.messages(.warning) == warnings)
    }

    @Test(
        arguments: [
            [], [1], [UInt8](repeating: 0, count: 31), [UInt8](repeating: 0, count: 33),
            [UInt8](repeating: 0xFF, count: 32), [0, 0, 0, 0, 0, 0, 0, 1] + [UInt8](repeating: 0xFF, count: 24),
        ]
    )
    func whatIsNoTimeIsGivenUp(_ bytes: [UInt8]) throws {
        try store.setProperty(ClockReading.property, to: bytes)
        let (clock, keeper) = try start()
        #expect(clock.now().seconds == Self.begin)
        #expect(log.messages(.warning).count == 1)
        keeper.save()
        _ = try start()
        #expect(log.messages(.warning).count == 1)
    }

    @Test func latestTimeThatIsOneCanBeGoneOnFrom() throws {
        let last = ClockReading(time: ClockReading.latest, elapsed: 0, boot: Self.first)
        try store.setProperty(ClockReading.property, to: last.bytes)
        let (clock, _) = try start()
        #expect(clock.now().seconds == ClockReading.latest / 1_000_000 + 1000)
        #expect(clock.now().advanced(by: UInt64(UInt32.max)) > clock.now())
    }

    @Test func isStoredAsDocumented() throws {
        let boot = try #require(BootID(text: "00112233-4455-6677-8899-aabbccddeeff"))
        let reading = ClockReading(time: 0x0102_0304_0506, elapsed: 0x0708, boot: boot)
        let bytes: [UInt8] = [
            0, 0, 1, 2, 3, 4, 5, 6,
            0, 0, 0, 0, 0, 0, 7, 8,
            0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF,
        ]
        #expect(reading.bytes == bytes)
        #expect(ClockReading(bytes: bytes) == reading)
        let unknown = ClockReading(time: 1, elapsed: 2, boot: nil)
        #expect(unknown.bytes.suffix(16) == [UInt8](repeating: 0, count: 16)[...])
        #expect(ClockReading(bytes: unknown.bytes) == unknown)
        #expect(ClockReading.property.name == "clock")
    }

    @Test(arguments: ["", "0011", "00112233-4455-6677-8899-aabbccddeefg", "００112233-4455-6677-8899-aabbccddeeff"])
    func whatIsNoBootIDIsNone(_ text: String) { #expect(BootID(text: text) == nil) }

    @Test(arguments: [(-day, "ahead"), (day, "behind"), (-61, "ahead"), (60, nil), (-60, nil)] as [(Int64, String?)])
    func systemsClockThatWasSetIsReportedWithEachSweep(_ jump: Int64, _ direction: String?) throws {
        let (_, keeper) = try start()
        machine.jump(seconds: jump)
        keeper.keep()
        keeper.keep()
        let messages = log.messages(.notice)
        guard let direction else {
            #expect(messages == [])
            return
        }
        #expect(messages.count == 2)
        #expect(messages.allSatisfy { $0.contains("\(direction)=\(abs(jump)) s") }, "\(messages)")
    }

    @Test func storeThatTakesNoWritesIsOnlyLogged() throws {
        let (clock, keeper) = try start()
        store.fault = StoreError(.space, "the disk is full")
        keeper.keep()
        #expect(log.messages(.warning).count == 1)
        #expect(log.messages(.warning).allSatisfy { $0.contains("the disk is full") })
        store.fault = nil
        keeper.keep()
        #expect(try start().clock.now() == clock.now())
        #expect(log.messages(.warning).count == 1)
    }

    @Test func storeThatCannotBeReadIsAFault() {
        store.fault = StoreError(.inputOutput, "no")
        #expect(throws: StoreError.self) { _ = try start() }
    }
}
