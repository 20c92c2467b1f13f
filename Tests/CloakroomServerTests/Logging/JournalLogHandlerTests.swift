// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import Testing

@testable import CloakroomServer

@Suite struct JournalLogHandlerTests {
    /// A pipe; what was written to it can be read once.
    private final class Pipe: Sendable {
        let reading: Int32
        let writing: Int32

        init() throws {
            var ends: [Int32] = [0, 0]
            try #require(pipe(&ends) == 0)
            (reading, writing) = (ends[0], ends[1])
        }

        func contents() -> String {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = read(reading, &buffer, buffer.count)
            return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        }

        deinit {
            _ = close(reading)
            _ = close(writing)
        }
    }

    private struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    private func line(_ message: String, _ metadata: Logger.Metadata = [:]) -> String {
        LogLine(level: .info, message: message, metadata: metadata).text(.journal)
    }

    @Test func lineHasPriorityMessageAndSortedMetadata() throws {
        let pipe = try Pipe()
        let handler = JournalLogHandler(level: .info, descriptor: pipe.writing)
        var logger = Logger(label: "test") { _ in handler }
        logger[metadataKey: "z"] = "1"
        logger[metadataKey: "shared"] = "handler"
        logger.info("session stored", metadata: ["a": "2", "shared": "event"])
        #expect(pipe.contents() == "<6>session stored a=2 shared=event z=1\n")
        #expect(logger[metadataKey: "z"] == "1")
    }

    @Test func providerAndErrorAddMetadata() throws {
        let pipe = try Pipe()
        var handler = JournalLogHandler(level: .info, descriptor: pipe.writing)
        handler.metadataProvider = Logger.MetadataProvider { ["pool": "shop"] }
        let logger = Logger(label: "test") { [handler] _ in handler }
        logger.error("failed", error: Fault(description: "disk full"))
        #expect(pipe.contents() == "<3>failed error=\"disk full\" pool=shop\n")
    }

    @Test func lessImportantLevelsAreNotWritten() throws {
        let pipe = try Pipe()
        let logger = Logger(label: "test") { _ in JournalLogHandler(level: .warning, descriptor: pipe.writing) }
        logger.notice("no")
        logger.warning("yes")
        #expect(pipe.contents() == "<4>yes\n")
    }

    @Test func thresholdThatChangesHoldsForLoggersThatAreThere() throws {
        let pipe = try Pipe()
        let threshold = LogThreshold(.warning)
        let logger = Logger(label: "test") { _ in JournalLogHandler(threshold: threshold, descriptor: pipe.writing) }
        var own = logger
        own.logLevel = .error
        logger.info("no")
        threshold.level = .info
        logger.info("yes")
        own.info("no")
        #expect(pipe.contents() == "<6>yes\n")
    }

    @Test func terminalGetsTimeAndLevelInsteadOfAPriority() throws {
        // ioctl_tty(2): TIOCSPTLCK unlocks the pair, TIOCGPTN tells its number.
        let controller = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        defer { _ = close(controller) }
        var lock: Int32 = 0
        var number: Int32 = 0
        try #require(ioctl(controller, 0x4004_5431, &lock) == 0)
        try #require(ioctl(controller, 0x8004_5430, &number) == 0)
        let terminal = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        try #require(terminal >= 0)
        defer { _ = close(terminal) }
        let logger = Logger(label: "test") { _ in JournalLogHandler(level: .info, descriptor: terminal) }
        logger.info("hello", metadata: ["a": "1"])
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = read(controller, &buffer, buffer.count)
        let text = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        #expect(try #/\d\d:\d\d:\d\d info hello a=1\r\n/#.wholeMatch(in: text) != nil, "\(text)")
    }

    @Test func prioritiesAreThoseOfSyslog() {
        #expect(Logger.Level.allCases.map { LogLine.priority(of: $0) } == [7, 7, 6, 5, 4, 3, 2])
    }

    @Test func valuesThatCouldBeMisreadAreQuoted() {
        #expect(line("m", ["k": ""]) == "<6>m k=\"\"\n")
        #expect(line("m", ["k": "a b"]) == "<6>m k=\"a b\"\n")
        #expect(line("m", ["k": "a=b"]) == "<6>m k=\"a=b\"\n")
        #expect(line("m", ["k": "say \"hi\" \\ "]) == "<6>m k=\"say \\\"hi\\\" \\\\ \"\n")
        #expect(line("m", ["k": "a\u{2003}b"]) == "<6>m k=\"a\u{2003}b\"\n")
        #expect(line("m", ["k": "ünïcödé"]) == "<6>m k=ünïcödé\n")
    }

    @Test func nothingInAValueBeginsAnotherLine() {
        let forged = "x\n<0>forged\r\n\t\u{0}\u{1B}[31m\u{7F}\u{85}\u{2028}\u{202E}"
        let escaped = "x\\n<0>forged\\r\\n\\t\\u{0}\\u{1b}[31m\\u{7f}\\u{85}\\u{2028}\\u{202e}"
        #expect(line(forged) == "<6>\(escaped)\n")
        #expect(line("m", [forged: "v", "k": "\(forged)"]) == "<6>m k=\(escaped) \(escaped)=v\n")
    }

    @Test func lineLongerThanThePipeIsWrittenWhole() throws {
        let pipe = try Pipe()
        let text = String(repeating: "x", count: 300_000)
        let logger = Logger(label: "test") { _ in JournalLogHandler(level: .info, descriptor: pipe.writing) }
        // A thread of its own, as it blocks until the other end is read.
        Thread.detachNewThread { logger.info("\(text)") }
        var received = ""
        while !received.hasSuffix("\n") { received += pipe.contents() }
        #expect(received == "<6>\(text)\n")
    }
}
