// SPDX-License-Identifier: Apache-2.0

import CloakroomCrypto
import Logging
import Testing

@testable import CloakroomSessions

@Suite struct MissingKeyLogTests {
    @Test func keysAreRememberedForAnHour() throws {
        let log = MissingKeyLog()
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let now = ContinuousClock.now
        let (first, second) = (try id(1), try id(2))
        log.note(second, now: now, logger)
        log.note(first, now: now + .seconds(60), logger)
        #expect(log.recent(now: now + .seconds(61)) == [first, second])
        #expect(log.recent(now: now + MissingKeyLog.interval + .seconds(1)) == [first])
        #expect(log.recent(now: now + MissingKeyLog.interval * 2) == [])
    }

    private func id(_ byte: UInt8) throws -> KeyID { try #require(KeyID([UInt8](repeating: byte, count: 8))) }
}
