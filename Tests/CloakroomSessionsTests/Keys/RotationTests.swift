// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomStore
import CloakroomTestKit
import Testing

@testable import CloakroomSessions

@Suite("Rotation of keys")
struct RotationTests {
    private let old: MasterKey
    private let new: MasterKey

    init() throws { (old, new) = (try RotationBench.makeKey(), try RotationBench.makeKey()) }

    @Test("seals everything under the new key, which opens it alone", arguments: RotationBench.Engine.allCases)
    func complete(_ engine: RotationBench.Engine) async throws {
        let bench = try RotationBench([old], engine)
        try await bench.make(0..<100)
        #expect(try bench.service.take(Keyring([new, old])) == .changed(sealing: new.id))
        try await bench.make(100..<120)
        #expect(try bench.counts() == [old.id: 100, new.id: 20])
        #expect(try await bench.rotate() == .complete(resealed: 100))
        #expect(try bench.counts() == [new.id: 120])
        #expect(try !bench.isMarked)
        try bench.expectSessions(0..<120)
        #expect(bench.service.statistics[.unreadable] == 0)
        let alone = try bench.restarted([new])
        defer { alone.close() }
        try alone.expectSessions(0..<120)
        #expect(throws: CryptoError(.keyring, "")) { _ = try alone.restarted([old]) }
    }

    @Test("with one key is complete at once, and leaves the disk alone")
    func oneKey() async throws {
        let bench = try RotationBench([old])
        try await bench.make(0..<20)
        #expect(try await bench.rotate() == .complete(resealed: 0))
        #expect(try bench.memory.erasures == 0)
    }

    @Test("where everything is sealed by the first of two keys still clears the disk")
    func nothingToReseal() async throws {
        let bench = try RotationBench([old])
        _ = try bench.service.take(Keyring([new, old]))
        #expect(try await bench.rotate() == .complete(resealed: 0))
        #expect(try bench.memory.erasures == 1)
        #expect(
            try SessionSealer.keyID(ofWrapped: #require(try bench.store.property(.addressKey(of: .standard)))) == new.id
        )
    }

    @Test("says how far it is, and marks that it is under way")
    func progress() async throws {
        let bench = try RotationBench([old])
        try await bench.make(0..<50)
        try await bench.service.records.usage.prepare()
        _ = try bench.service.take(Keyring([new, old]))
        let seen = Locked<[RotationProgress]>([])
        let marks = Locked<[Bool?]>([])
        try await bench.rotate { progress in
            seen.withLock { $0.append(progress) }
            marks.withLock { $0.append(try? bench.isMarked) }
        }
        let steps = seen.withLock { $0 }
        #expect(steps.first?.resealed == RotationRun.batch)
        #expect(steps.first?.phase == .resealing)
        #expect(steps.last?.phase == .compacting)
        #expect(steps.last?.resealed == 50)
        #expect(steps.allSatisfy { $0.total == 50 && $0.done <= 50 })
        #expect(zip(steps, steps.dropFirst()).allSatisfy { $0.done <= $1.done && $0.resealed <= $1.resealed })
        #expect(marks.withLock { $0 }.allSatisfy { $0 == true })
    }

    @Test("leaves expiry entries and the index of users as they are", arguments: RotationBench.Engine.allCases)
    func index(_ engine: RotationBench.Engine) async throws {
        let bench = try RotationBench([old], engine)
        defer { bench.close() }
        try await bench.make(0..<60)
        let entries = try bench.store.expiryEntries(through: UnixTime(seconds: .max), limit: .max)
        let groups = try (0..<7).map { try bench.service.sealer.group(of: #require(UserName("user\($0)".utf8))) }
        let members = try groups.map { try bench.store.members(of: $0, after: nil, limit: .max) }
        _ = try bench.service.take(Keyring([new, old]))
        try await bench.rotate()
        #expect(try bench.store.expiryEntries(through: UnixTime(seconds: .max), limit: .max) == entries)
        #expect(try groups.map { try bench.store.members(of: $0, after: nil, limit: .max) } == members)
        #expect(members.joined().count == 20)
    }

    @Test("keeps families of tokens")
    func tokens() async throws {
        let bench = try RotationBench([old])
        let client = SessionClient(pid: 1)
        let user = try #require(UserName("alice".utf8))
        guard case .issued(let issued) = try await bench.service.issueToken(to: user, for: client) else {
            Issue.record("not issued")
            return
        }
        _ = try bench.service.take(Keyring([new, old]))
        #expect(try await bench.rotate() == .complete(resealed: 1))
        #expect(try await bench.service.retire(old.id) == .retired)
        guard case .remembered(let name, _, _) = try bench.service.redeem(issued.token, for: client) else {
            Issue.record("not remembered")
            return
        }
        #expect(name == user)
    }

    @Test("leaves what holders of a session know, and touches that are only in memory")
    func heldAndTouched() async throws {
        let bench = try RotationBench([old])
        try await bench.make(0..<3)
        let holder = SessionClient(pid: 2)
        guard
            case .found(let held, _) = try await bench.service.readLocked(
                RotationBench.session(0),
                for: holder,
                wait: .seconds(1)
            )
        else {
            Issue.record("not found")
            return
        }
        bench.clock.advance(seconds: 5)
        let version = try #require(try bench.read(1)).version
        try bench.service.touch(RotationBench.session(1), version: version, lifetime: 1440, for: SessionClient(pid: 3))
        let address = try bench.service.sealer.address(of: RotationBench.session(1))
        let touched = try #require(bench.service.records.cache[address])
        #expect(touched.metadata.deadline > touched.storedDeadline)
        _ = try bench.service.take(Keyring([new, old]))
        try await bench.rotate()
        #expect(bench.service.records.cache[address]?.metadata.deadline == touched.metadata.deadline)
        #expect(bench.service.records.cache[address]?.storedDeadline == touched.storedDeadline)
        #expect(try await bench.service.retire(old.id) == .retired)
        // The holder's write is no conflict, and not sealed by the key that it knew.
        #expect(try await bench.write("written", 0, version: held, holder) == held + 1)
        bench.service.release(holder)
        #expect(try bench.counts() == [new.id: 3])
        #expect(try bench.read(0)?.text == "written")
    }

    @Test("keeps no key in the cache that is not the first one's")
    func cachedKeys() async throws {
        let bench = try RotationBench([old])
        try await bench.make(0..<20)
        let (session, holder) = (try RotationBench.session(0), SessionClient(pid: 2))
        let version = try #require(try bench.read(0)).version
        _ = try await bench.service.readLocked(session, for: holder, wait: .seconds(1))
        let cache = bench.service.records.cache
        #expect(cache.addresses { $0.key.masterKeyID == old.id }.count == 20)
        _ = try bench.service.take(Keyring([new, old]))
        #expect(cache.addresses { $0.key.masterKeyID == old.id } == [])
        #expect(cache.addresses { $0.key.masterKeyID == new.id }.count == 20)
        // Nor does the holder of a session bring one back.
        bench.clock.advance(seconds: 1)
        try bench.service.touch(session, version: version, lifetime: 1440, for: holder)
        #expect(bench.service.statistics[.touched] == 1)
        #expect(cache.addresses { $0.key.masterKeyID == new.id }.count == 20)
        try bench.expectSessions(0..<20)
    }

    @Test("leaves and reports what cannot be opened, which keeps no key alive")
    func unreadable() async throws {
        let bench = try RotationBench([old])
        try await bench.make(0..<40)
        let addresses = try bench.store.metadata(after: nil, limit: .max)
        let strange = try RotationBench.makeKey()
        for (number, record) in addresses.prefix(30).enumerated() {
            var value = record.value
            // A byte of the ciphertext, or the name of the key.
            if number < 25 { value[40] ^= 1 } else { value.replaceSubrange(9..<17, with: strange.id.bytes) }
            try bench.store.replaceMetadata(at: record.address, with: value)
        }
        let restarted = try bench.restarted([new, old])
        #expect(try await restarted.rotate() == .complete(resealed: 10))
        #expect(try restarted.counts() == [old.id: 25, strange.id: 5, new.id: 10])
        let lines = restarted.log.take()
        #expect(lines.count { $0.hasPrefix("a stored session does not authenticate") } == 20)
        #expect(lines.count { $0.hasPrefix("stored sessions are sealed with a key that is not in the keyring") } == 1)
        #expect(lines.contains { $0.contains("key=\(strange.id)") })
        #expect(lines.contains { $0.hasPrefix("the rotation of keys is complete") && $0.contains("unreadable=30") })
        #expect(try await restarted.service.retire(old.id) == .retired)
    }

    @Test("follows the keyring when that changes on the way")
    func changedKeyring() async throws {
        let bench = try RotationBench([old])
        let newest = try RotationBench.makeKey()
        try await bench.make(0..<60)
        _ = try bench.service.take(Keyring([new, old]))
        let steps = Signal()
        let outcome = try await bench.rotate { _ in
            guard steps.raise() == 3 else { return }
            #expect(throws: Never.self) { try bench.service.take(Keyring([newest, new, old])) }
        }
        #expect(outcome == .complete(resealed: 60 + 3 * RotationRun.batch))
        #expect(try bench.counts() == [newest.id: 60])
        #expect(try await bench.service.retire(old.id) == .retired)
        #expect(try await bench.service.retire(new.id) == .retired)
        try bench.restarted([newest]).expectSessions(0..<60)
    }

    @Test("that begins anew while the last one clears the disk is not answered by that one")
    func changedKeyringAtTheEnd() async throws {
        let bench = try RotationBench([old])
        try await bench.make(0..<20)
        let newest = try RotationBench.makeKey()
        _ = try bench.service.take(Keyring([new, old]))
        try await bench.rotate { progress in
            guard progress.phase == .compacting else { return }
            #expect(throws: Never.self) { try bench.service.take(Keyring([newest, new, old])) }
        }
        #expect(try bench.counts() == [newest.id: 20])
        #expect(try !bench.isMarked)
    }

    @Test("ends beside those who read, write, touch, destroy and sweep, and all that is acknowledged is there")
    func concurrent() async throws {
        let bench = try RotationBench([old], .rocksDB)
        let numbers = 400
        try await bench.make(0..<numbers)
        // Many that nobody uses, so that the rotation takes its time.
        try await bench.make(1000..<6000)
        _ = try bench.service.take(Keyring([new, old]))
        let ended = Signal()
        let kept = try await withThrowingTaskGroup(of: [Int: String].self) { group in
            for part in 0..<4 {
                group.addTask { try await exercise(bench, stride(from: part, to: numbers, by: 4), until: ended) }
            }
            group.addTask {
                while ended.value == 0 {
                    _ = try await bench.service.collect()
                    try await Task.sleep(for: .milliseconds(1))
                }
                return [:]
            }
            group.addTask {
                defer { ended.raise() }
                let outcome = try await bench.rotate()
                #expect(outcome != .interrupted)
                return [:]
            }
            return try await group.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
        }
        #expect(try bench.counts().keys.map { $0 } == [new.id])
        #expect(try await bench.service.retire(old.id) == .retired)
        #expect(bench.service.statistics[.unreadable] == 0)
        let alone = try bench.restarted([new])
        defer { alone.close() }
        for number in 0..<numbers { #expect(try alone.read(number)?.text == kept[number], "session \(number)") }
        try alone.expectSessions(1000..<6000)
    }

    @Test("leaves nothing under the old key that was on its way into the store when the keyring changed")
    func writtenMeanwhile() async throws {
        var keys = [old]
        let bench = try RotationBench(keys)
        let ended = Signal()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for part in 0..<4 {
                group.addTask {
                    var number = part
                    while ended.value == 0 {
                        try await bench.write("text \(number)", number, version: 0)
                        try bench.service.touch(
                            RotationBench.session(number),
                            version: #require(try bench.read(number)).version,
                            lifetime: 1440,
                            for: SessionClient(pid: 1)
                        )
                        await Task.yield()
                        number = (number + 4) % 1000
                        if number < 4 {
                            for number in stride(from: part, to: 1000, by: 4) {
                                _ = try bench.service.destroy(RotationBench.session(number), for: SessionClient(pid: 1))
                            }
                        }
                    }
                }
            }
            defer { ended.raise() }
            for _ in 0..<25 {
                let next = try RotationBench.makeKey()
                _ = try bench.service.take(Keyring([next] + keys))
                #expect(try await bench.rotate() != .interrupted)
                #expect(try bench.counts().keys.allSatisfy { $0 == next.id })
                #expect(try await bench.service.retire(keys[0].id) == .retired)
                keys = [next]
            }
        }
        #expect(bench.service.statistics[.unreadable] == 0)
    }

    /// Uses sessions for as long as a rotation goes on; answers what is in them in the end.
    private func exercise(
        _ bench: RotationBench,
        _ numbers: StrideTo<Int>,
        until ended: Signal
    ) async throws -> [Int: String] {
        var texts = Dictionary(uniqueKeysWithValues: numbers.map { ($0, "text \($0)") })
        var round = 0
        let client = SessionClient(pid: 1)
        while ended.value == 0 {
            round += 1
            for number in numbers {
                let found = try bench.read(number)
                #expect(found?.text == texts[number], "session \(number) in round \(round)")
                switch (number + round) % 4 {
                case 0: break
                case 1:
                    let text = "text \(number) of round \(round)"
                    try await bench.write(text, number, version: found?.version ?? 0, client)
                    texts[number] = text
                case 2:
                    let session = try RotationBench.session(number)
                    try bench.service.touch(session, version: found?.version ?? 0, lifetime: 1440, for: client)
                default:
                    guard number % 5 == 0 else { break }
                    _ = try bench.service.destroy(RotationBench.session(number), for: client)
                    texts[number] = nil
                }
            }
            await Task.yield()
        }
        return texts
    }
}
