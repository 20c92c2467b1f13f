// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomStore
import CloakroomTestKit
import Foundation
import Testing

@testable import CloakroomSessions

@Suite("A pool's keyring")
struct PoolKeyringTests {
    private let old: MasterKey
    private let new: MasterKey

    init() throws { (old, new) = (try RotationBench.makeKey(), try RotationBench.makeKey()) }

    @Test("says what each key seals and since when it is known, also of keys that are missing")
    func reports() async throws {
        let bench = try RotationBench([old])
        let start = bench.clock.now()
        await bench.service.resumeRotation()
        try await bench.make(0..<5)
        bench.clock.advance(seconds: 100)
        _ = try bench.service.take(Keyring([new, old]))
        try await bench.make(5..<8)
        let first = KeyReport(
            id: new.id,
            isSealing: true,
            isInKeyring: true,
            firstSeen: start.advanced(by: 100),
            records: 3,
            sealsAddressKey: false
        )
        let second = KeyReport(
            id: old.id,
            isSealing: false,
            isInKeyring: true,
            firstSeen: start,
            records: 5,
            sealsAddressKey: true
        )
        #expect(try await bench.service.keyReports() == [first, second])
        #expect(bench.service.keyIDs == [new.id, old.id])
        try bench.service.keys.rewrapAddressKey()
        #expect(try bench.service.take(Keyring([new])) == .changed(sealing: new.id))
        let reports = try await bench.service.keyReports()
        #expect(reports.map(\.id) == [new.id, old.id])
        #expect(reports.map(\.isInKeyring) == [true, false])
        #expect(reports.map(\.records) == [3, 5])
        #expect(reports.map(\.sealsAddressKey) == [true, false])
    }

    @Test("is taken as it comes, but for one that does not open the address key")
    func take() async throws {
        let bench = try RotationBench([old])
        try await bench.make(0..<3)
        #expect(try bench.service.take(Keyring([old])) == .unchanged)
        #expect(throws: CryptoError(.keyring, "")) { try bench.service.take(Keyring([new])) }
        #expect(bench.service.keyIDs == [old.id])
        #expect(try bench.service.take(Keyring([old, new])) == .changed(sealing: old.id))
        #expect(try bench.service.take(Keyring([new, old])) == .changed(sealing: new.id))
        #expect(try bench.service.take(Keyring([new, old])) == .unchanged)
        let store = try bench.memory
        store.fault = StoreError(.inputOutput, "")
        #expect(throws: StoreError(.inputOutput, "")) { try bench.service.take(Keyring([old])) }
        store.fault = nil
        #expect(bench.service.keyIDs == [new.id, old.id])
        try bench.expectSessions(0..<3)
    }

    @Test("loses a key only when nothing needs it")
    func retire() async throws {
        let bench = try RotationBench([old])
        try await bench.make(0..<4)
        #expect(try await bench.service.retire(new.id) == .unknown)
        #expect(try await bench.service.retire(old.id) == .seals)
        _ = try bench.service.take(Keyring([new, old]))
        #expect(try await bench.service.retire(old.id) == .needed(records: 4, addressKey: true))
        try bench.service.keys.rewrapAddressKey()
        #expect(try await bench.service.retire(old.id) == .needed(records: 4, addressKey: false))
        try await bench.rotate()
        #expect(try bench.store.property(.firstSeen(old.id, in: .standard)) != nil)
        #expect(try await bench.service.retire(old.id) == .retired)
        #expect(try bench.store.property(.firstSeen(old.id, in: .standard)) == nil)
        #expect(bench.service.keyIDs == [new.id])
        #expect(try await bench.service.retire(old.id) == .unknown)
        try bench.expectSessions(0..<4)
    }

    @Test("keeps a key that became the first one while it was looked for what needs it")
    func retireBesideTake() async throws {
        let bench = try RotationBench([new, old], .rocksDB)
        defer { bench.close() }
        try await bench.make(0..<50)
        async let outcome = bench.service.retire(old.id)
        _ = try bench.service.take(Keyring([old, new]))
        try await bench.make(100..<110)
        switch try await outcome {
        case .seals: #expect(bench.service.keyIDs == [old.id, new.id])
        // Then it came first.
        case .retired: break
        default: Issue.record("neither")
        }
        try bench.restarted([new, old]).expectSessions(100..<110)
    }

    @Test(
        "waits, when it changes, for what is on its way into the store under the old key, so that a rotation finds that"
    )
    func onItsWay() async throws {
        let bench = try RotationBench([old])
        try await bench.make(0..<20)
        // One that is not there yet, so that neither the cache nor the rotation knows of it.
        let address = try bench.service.sealer.address(of: RotationBench.session(7))
        let value = try #require(try bench.store.metadata(at: address))
        _ = try bench.service.destroy(RotationBench.session(7), for: SessionClient(pid: 1))
        let (began, rotated, ended) = (Signal(), Signal(), Signal())
        // On a thread of its own, as it keeps that busy.
        Thread.detachNewThread {
            bench.service.latches.withLatch(address) {
                began.raise()
                while bench.service.keyIDs.first == old.id { sched_yield() }
                // If nobody waited for it, the rotation would have been over long before.
                let end = ContinuousClock.now.advanced(by: .milliseconds(300))
                while rotated.value == 0, ContinuousClock.now < end { sched_yield() }
                #expect(throws: Never.self) { try bench.store.replaceMetadata(at: address, with: value) }
            }
            ended.raise()
        }
        try await eventually { began.value > 0 }
        _ = try bench.service.take(Keyring([new, old]))
        try await bench.rotate()
        rotated.raise()
        try await eventually { ended.value > 0 }
        #expect(try bench.counts() == [new.id: 20])
    }

    @Test("whose first key has no sessions yet tells a missing key from damage, once for all its sessions")
    func missingKey() async throws {
        let bench = try RotationBench([old])
        try await bench.make(0..<10)
        _ = try bench.service.take(Keyring([new, old]))
        try bench.service.keys.rewrapAddressKey()
        let restarted = try bench.restarted([new])
        for number in 0..<10 { #expect(try restarted.read(number) == nil) }
        #expect(restarted.service.statistics[.unreadable] == 10)
        let lines = restarted.log.take()
        #expect(lines.count == 1)
        #expect(lines.first?.contains("not in the keyring") == true)
        #expect(lines.first?.contains("key=\(old.id)") == true)
        #expect(restarted.service.missingKeys == [old.id])
        // Once it is back, so are they.
        _ = try restarted.service.take(Keyring([new, old]))
        try restarted.expectSessions(0..<10)
        #expect(restarted.service.missingKeys == [])
    }
}
