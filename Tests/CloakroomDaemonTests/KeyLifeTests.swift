// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomCrypto
import CloakroomProcessKit
import CloakroomProtocol
import Foundation
import Testing

/// A master key from its making to its retirement, by `cloakroomctl` and the daemon.
@Suite(.timeLimit(.minutes(10))) struct KeyLifeTests {
    private let daemon: DaemonProcess

    init() throws { daemon = try DaemonProcess() }

    @Test func keyIsReplacedWithoutLosingASession() throws {
        try FileManager.default.removeItem(atPath: daemon.keyFile)
        #expect(try daemon.control("keys", "generate", "--output", daemon.keyFile).status == 0)
        try daemon.start()
        try daemon.write(sessions: 1000, "a")
        let old = try #require(daemon.keys().first)
        #expect(old.records == 1000 && old.addressKey && old.role == .seals)
        let secret = try String(contentsOfFile: daemon.keyFile, encoding: .utf8).trimmingCharacters(in: .newlines)

        let added = try daemon.control("keys", "add")
        #expect(added.status == 0, "\(added.output)")
        try daemon.write(sessions: 100, "b")
        let keys = try daemon.keys()
        #expect(keys.map(\.records) == [100, 1000])
        #expect(keys.map(\.role) == [.seals, .opens])
        let early = try daemon.control("keys", "retire", old.id)
        #expect(early.status == 1)
        #expect(early.output.contains("still seals 1,000 records and the store's address key: run"), "\(early.output)")

        let rotated = try daemon.control("keys", "rotate")
        #expect(rotated.status == 0)
        #expect(rotated.output.contains("1,000 records sealed anew"), "\(rotated.output)")
        #expect(try daemon.keys().map(\.records) == [1100, 0])
        let listed = try daemon.control("keys", "list")
        #expect(listed.output.contains("file \(daemon.keyFile)"), "\(listed.output)")

        let retired = try daemon.control("keys", "retire", String(old.id.prefix(6)))
        #expect(retired.status == 0, "\(retired.output)")
        let file = try String(contentsOfFile: daemon.keyFile, encoding: .utf8)
        #expect(!file.contains(secret) && !file.contains(old.id))
        #expect(try daemon.keys().map(\.id) == [keys[0].id])
        #expect(daemon.stop() == 0)
        try daemon.start()
        #expect(try daemon.lost(of: 1000, "a") == 0)
        #expect(try daemon.lost(of: 100, "b") == 0)
        #expect(try daemon.control("keys", "rotate").output.contains("nothing to do"))
        #expect(!daemon.log.contains(secret) && !added.output.contains(secret))
        #expect(daemon.stop() == 0)

        // The old key opens nothing.
        try Data((secret + "\n").utf8).write(to: URL(fileURLWithPath: daemon.keyFile))
        #expect(throws: DaemonProcess.Failure.self) { try daemon.start() }
        #expect(daemon.log.contains("the store was sealed with key \(keys[0].id)"), "\(daemon.log.suffix(500))")
    }

    @Test func rotationThatIsKilledGoesOnAtTheNextStart() throws {
        let count = 20_000
        try daemon.start()
        try daemon.write(sessions: count, "k")
        #expect(try daemon.control("keys", "add").status == 0)
        let pid = daemon.pid
        let client = try daemon.administrator()
        let error = #expect(throws: AdminClientError.self) {
            try client.ask(
                .rotate(pool: "default", wait: true),
                progress: { step in if (step.changed ?? 0) > count / 10 { kill(pid, SIGKILL) } }
            )
        }
        #expect(error?.code == .lost)
        #expect(daemon.wait() == -SIGKILL)
        try daemon.start()
        try daemon.await("it goes on") { daemon.log.contains("a rotation of keys that was interrupted goes on") }
        try daemon.await("the rotation ends") { try !isRotating() }
        #expect(try daemon.keys().map(\.records) == [count, 0])
        #expect(try daemon.lost(of: count, "k") == 0)
    }

    @Test func ctrlCInterruptsAndTheNextRotationGoesOn() throws {
        let count = 20_000
        try daemon.start()
        try daemon.write(sessions: count, "k")
        #expect(try daemon.control("keys", "add").status == 0)
        let program = Process()
        program.executableURL = URL(fileURLWithPath: DaemonProcess.control)
        program.arguments = ["keys", "rotate", "--socket", daemon.adminSocket]
        let output = Pipe()
        program.standardOutput = output
        program.standardError = output
        try program.run()
        try daemon.await("the rotation begins") { daemon.log.contains("request=\"rotate default\"") }
        kill(program.processIdentifier, SIGINT)
        program.waitUntilExit()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(program.terminationStatus == 130, "\(text)")
        #expect(text.contains("interrupted; \"cloakroomctl keys rotate\" goes on"), "\(text)")
        try daemon.await("the rotation ends") { try !isRotating() }
        #expect(try daemon.keys()[1].records > 0)
        let refused = try daemon.control("keys", "retire", daemon.keys()[1].id)
        #expect(refused.status == 1)
        #expect(try daemon.control("keys", "rotate").status == 0)
        #expect(try daemon.keys().map(\.records) == [count, 0])
    }

    @Test func backgroundRotationNeedsNobodyToWatch() throws {
        try daemon.start()
        try daemon.write(sessions: 2000, "k")
        #expect(try daemon.control("keys", "add").status == 0)
        let begun = try daemon.control("keys", "rotate", "--background", "--json")
        #expect(begun.output.contains("\"outcome\":\"started\""), "\(begun.output)")
        // Joins it, or finds that it is done.
        let joined = try daemon.control("keys", "rotate", "--json")
        #expect(joined.output.contains("\"outcome\":\"complete\""), "\(joined.output)")
        #expect(try daemon.keys().map(\.records) == [2000, 0])
    }

    @Test func keyOfAFileOrOfTheInputIsAdded() throws {
        try daemon.start()
        let file = daemon.directory.path + "/new"
        #expect(try daemon.control("keys", "generate", "--output", file).status == 0)
        let added = try daemon.control("keys", "add", file, "--json")
        #expect(added.status == 0, "\(added.output)")
        let first = try #require(daemon.keys().first)
        #expect(added.output.contains("\"added\":\"\(first.id)\""))
        let again = try daemon.control("keys", "add", file)
        #expect(again.status == 1)
        #expect(again.output.contains("the daemon has key \(first.id) already"))
        let none = try daemon.control("keys", "add", "/dev/null")
        #expect(none.status == 1)
        let piped = try DaemonProcess.run(
            "/bin/sh",
            [
                "-c",
                "'\(DaemonProcess.control)' keys generate | '\(DaemonProcess.control)' keys add - --socket '\(daemon.adminSocket)'",
            ]
        )
        #expect(piped.status == 0, "\(piped.output)")
        #expect(try daemon.keys().count == 3)
    }

    @Test func keysThatComeFromElsewhereAreTheOperatorsBusiness() throws {
        let command = "[key]\ncommand = [\"/bin/cat\", \"\(daemon.keyFile)\"]\n"
        let arguments =
            try daemon.configure(command) + ["--state-dir", daemon.stateDirectory, "--socket", daemon.socket]
        try daemon.launch(DaemonProcess.binary, arguments: arguments)
        try daemon.await("it starts") { (try? daemon.client()) != nil }
        let before = try Data(contentsOf: URL(fileURLWithPath: daemon.keyFile))
        let added = try daemon.control("keys", "add")
        #expect(added.status == 1)
        #expect(
            added.output.contains("come from command /bin/cat, which this command cannot change"),
            "\(added.output)"
        )
        #expect(try Data(contentsOf: URL(fileURLWithPath: daemon.keyFile)) == before)

        // What the operator does.
        let new = try daemon.control("keys", "generate").output
        try (Data(new.utf8) + before).write(to: URL(fileURLWithPath: daemon.keyFile))
        #expect(try daemon.control("reload").output.contains("the first one seals"))
        #expect(try daemon.control("keys", "rotate").status == 0)
        let keys = try daemon.keys()
        let retired = try daemon.control("keys", "retire", keys[1].id)
        #expect(retired.status == 0, "\(retired.output)")
        #expect(retired.output.contains("remove it where it comes from: command /bin/cat"), "\(retired.output)")
    }

    @Test func fileWithoutTheDaemonsKeysIsNotTouched() throws {
        try daemon.start()
        // As if the daemon named any file.
        let foreign = try MasterKeyFile.random()
        try foreign.write(to: URL(fileURLWithPath: daemon.keyFile))
        let added = try daemon.control("keys", "add")
        #expect(added.status == 1)
        #expect(added.output.contains("has none of the keys that the daemon has"), "\(added.output)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: daemon.keyFile)) == foreign)
    }

    private func isRotating() throws -> Bool {
        guard case .keyrings(let pools) = try daemon.administrator().ask(.keyrings(pool: nil)) else { return true }
        return pools.contains(where: \.rotating)
    }
}

private enum MasterKeyFile {
    static func random() throws -> Data {
        Data((0..<32).map { _ in UInt8.random(in: .min ... .max) }).base64EncodedData() + Data("\n".utf8)
    }
}
