// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomStore
import CloakroomTestKit
import Testing

@testable import CloakroomSessions

@Suite struct MetadataCacheTests {
    @Test func sessionsUsedLatelyAreKnownAndTheNumberIsBounded() async throws {
        let bench = try await Bench()
        let cache = MetadataCache(capacity: 10)
        let addresses = (0..<100).map { StoreSamples.address($0) }
        for address in addresses {
            let key = try bench.service.sealer.metadataKey(at: address)
            cache.note(OpenedMetadata(.make(dataKey: try .random(), microseconds: 1), key: key), at: address)
            #expect(cache[address] != nil)
        }
        #expect((1...10).contains(addresses.count { cache[$0] != nil }))
        #expect(addresses.suffix(5).allSatisfy { cache[$0] != nil })
    }

    @Test func forgottenSessionIsNotKnown() async throws {
        let bench = try await Bench()
        let cache = MetadataCache(capacity: 2)
        let address = StoreSamples.address(1)
        let key = try bench.service.sealer.metadataKey(at: address)
        for number in 1...3 {
            let opened = OpenedMetadata(.make(dataKey: try .random(), microseconds: 1), key: key)
            cache.note(opened, at: StoreSamples.address(number))
        }
        cache.forget(address)
        #expect(cache[address] == nil)
    }

    // Whatever clients do, rules that have kept metadata and rules that have not find the same.
    @Test func historiesLookTheSameWithAndWithoutTheCache() async throws {
        let bench = try await Bench()
        let sessions = try (0..<4).map { try Bench.session("session\($0)") }
        let client = SessionClient(pid: 1)
        var versions = [UInt64](repeating: 0, count: sessions.count)
        for step in 0..<2000 {
            let index = Int.random(in: sessions.indices)
            let session = sessions[index]
            switch Int.random(in: 0..<10) {
            case 0..<4: versions[index] = try await bench.read(session, client).version
            case 4..<7:
                _ = try await bench.write("\(step)", session, version: versions[index], lifetime: 5, client)
            case 7: try bench.service.touch(session, version: versions[index], lifetime: 7, for: client)
            case 8: _ = try bench.service.destroy(session, for: client)
            default:
                bench.clock.advance(seconds: 2)
                bench.service.release(client)
                _ = try await bench.service.collect()
            }
            let fresh = try await bench.restarted().service.readSnapshot(session)
            let known = try bench.service.readSnapshot(session)
            // A sweep in the background may come in between the two.
            #expect(known == fresh || known == .absent(.unknown) || fresh == .absent(.unknown), "step \(step)")
        }
        #expect(bench.service.statistics[.unreadable] == 0)
    }

    @Test func storeThatFailsAWriteIsAskedAgain() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        let version = try await bench.make(session, "first")
        bench.store.fault = .init(.inputOutput, "the disk is full")
        await #expect(throws: (any Error).self) {
            _ = try await bench.write("second", session, version: version, SessionClient(pid: 1))
        }
        bench.store.fault = nil
        #expect(try await bench.read(session, SessionClient(pid: 1)) == (version, "first"))
    }
}
