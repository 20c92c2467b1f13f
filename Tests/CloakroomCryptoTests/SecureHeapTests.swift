// SPDX-License-Identifier: Apache-2.0

@testable import CloakroomCrypto
import Foundation
import Testing

@Suite("The secure heap")
struct SecureHeapTests {
    init() throws { try SecureHeap.prepare() }

    @Test("holds secret bytes, and is locked in memory")
    func placement() throws {
        let secret = try SecureBytes.random(count: 32)
        #expect(secret.isInSecureHeap)
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmLck:") })
        let kilobytes = try #require(
            line.split(whereSeparator: { $0.isWhitespace }).dropFirst().first.flatMap { Int($0) }
        )
        #expect(kilobytes >= SecureHeap.standardSize / 1024)
    }

    @Test("holds the keys of a session")
    func sessionKeys() throws {
        let fixture = try Fixture()
        #expect(fixture.keyring.sealingKey.bytes.isInSecureHeap)
        #expect(fixture.dataKey.bytes.isInSecureHeap)
        #expect(fixture.metadataKey.bytes.isInSecureHeap)
        #expect(fixture.bodyKey.bytes.isInSecureHeap)
        let opened = try #require(try fixture.openMetadata(fixture.sealedMetadata()).value)
        #expect(opened.dataKey.bytes.isInSecureHeap)
    }

    @Test("can be prepared again, from many threads")
    func idempotent() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { try SecureHeap.prepare() } }
            try await group.waitForAll()
        }
    }

    @Test("that is not locked is refused, and the message says what to do")
    func unlockedMemory() async {
        await #expect(processExitsWith: .success) {
            // A user other than root may lock as much memory as the limit says: none.
            var none = rlimit(rlim_cur: 0, rlim_max: 0)
            try #require(setrlimit(__rlimit_resource_t(__RLIMIT_MEMLOCK.rawValue), &none) == 0)
            if getuid() == 0 { try #require(setuid(65534) == 0) }
            let error = #expect(throws: CryptoError.self) { try SecureHeap.prepare() }
            #expect(error?.code == .secureHeap)
            #expect(error?.message.hasSuffix("raise LimitMEMLOCK= in the systemd unit, or `ulimit -l`") == true)
            #expect(throws: CryptoError(.secureHeap, "")) { try SecureBytes.random(count: 32) }
        }
    }

    @Test("that is full is a fault, not a crash, and can be used again")
    func exhaustion() async {
        await #expect(processExitsWith: .success) {
            try SecureHeap.prepare(bytes: 4096)
            var secrets: [SecureBytes] = []
            let error = #expect(throws: CryptoError.self) {
                while true { secrets.append(try SecureBytes(copying: [UInt8](repeating: 1, count: 32))) }
            }
            #expect(error?.code == .secureHeap)
            #expect(secrets.count == 128)
            secrets.removeAll()
            #expect(try SecureBytes(copying: [UInt8](repeating: 2, count: 32)).count == 32)
        }
    }

    @Test("of an impossible size is refused", arguments: [0, -1, 1024, 5000])
    func impossibleSize(bytes: Int) async {
        await #expect(processExitsWith: .success) { [bytes = bytes as Int] in
            #expect(throws: CryptoError(.secureHeap, "")) { try SecureHeap.prepare(bytes: bytes) }
        }
    }

    @Test("that was not prepared is a fault")
    func notPrepared() async {
        await #expect(processExitsWith: .success) {
            #expect(throws: CryptoError(.secureHeap, "")) { try SecureBytes.random(count: 32) }
        }
    }
}

@Suite("Process hardening")
struct ProcessHardeningTests {
    @Test("makes the process undumpable and switches core files off")
    func noDumps() async {
        await #expect(processExitsWith: .success) {
            #expect(ProcessHardening.isDumpable)
            try ProcessHardening.disableCoreDumps()
            #expect(!ProcessHardening.isDumpable)
            var limit = rlimit()
            #expect(getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit) == 0)
            #expect(limit.rlim_cur == 0 && limit.rlim_max == 0)
        }
    }
}
