// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import CloakroomProtocol
import Foundation
import Testing

/// The real daemon with several keys, from several sources.
@Suite(.timeLimit(.minutes(10))) struct KeySourceTests {
    private func configuration(_ files: String...) -> String {
        "[key]\nfile = [" + files.map { "'\($0)'" }.joined(separator: ", ") + "]\n"
    }

    @Test func firstKeySealsAndTheOthersOpen() throws {
        let daemon = try DaemonProcess()
        let new = try daemon.file("new", KeyMaterial().base64.utf8)
        let (alice, bob) = (try session("alice"), try session("bob"))
        try daemon.start(configuration: configuration(daemon.keyFile))
        #expect(try daemon.client().write("old".utf8, to: alice, version: 0).version != nil)
        #expect(daemon.stop() == 0)

        try daemon.start(configuration: configuration(new, daemon.keyFile))
        let client = try daemon.client()
        #expect(try client.read(alice).data == Array("old".utf8))
        #expect(try client.write("new".utf8, to: bob, version: 0).version != nil)
        #expect(daemon.stop() == 0)

        // With the old key alone, as the new one sealed.
        try daemon.start(configuration: configuration(daemon.keyFile))
        let other = try daemon.client()
        #expect(try other.read(alice).data == Array("old".utf8))
        #expect(try other.read(bob) == .absent(.unreadable))
        #expect(daemon.stop() == 0)

        // The same keys in one file, and as previous ones.
        let both = try daemon.file(
            "both",
            "# new\n\(String(contentsOfFile: new, encoding: .utf8))\n\(daemon.keyText)\n".utf8
        )
        for text in [configuration(both), configuration(new) + "[previous_key]\nfile = '\(daemon.keyFile)'\n"] {
            try daemon.start(configuration: text)
            let client = try daemon.client()
            #expect(try client.read(alice).data == Array("old".utf8))
            #expect(try client.read(bob).data == Array("new".utf8))
            #expect(daemon.stop() == 0)
        }
    }

    @Test func credentialsAreReadByTheirNames() throws {
        let daemon = try DaemonProcess()
        let credentials = daemon.directory.path(of: "credentials")
        #expect(mkdir(credentials, 0o700) == 0)
        let environment = ["CREDENTIALS_DIRECTORY=\(credentials)"]
        let (new, old) = (KeyMaterial(), KeyMaterial())
        let first = try daemon.file("credentials/2026", new.hexadecimal.utf8)
        let second = try daemon.file("credentials/2025", old.bytes)
        let text = "[key]\ncredential = ['2026', '2025']\n"
        let checked = try daemon.check(text, environment: environment)
        #expect(checked.status == 0)
        let lines = checked.output.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[0] == "the configuration is valid")
        #expect(lines[1].wholeMatch(of: /master key [0-9a-f]{16} from credential (.*), which seals/)?.1 == first[...])
        #expect(
            lines[2].wholeMatch(of: /master key [0-9a-f]{16} from credential (.*), which only opens/)?.1 == second[...]
        )
        for key in [new, old] { #expect(!key.isIn(checked.output)) }
        try daemon.start(configuration: text, environment: environment)
        #expect(daemon.stop() == 0)

        let missing = try daemon.refusal(of: "[key]\ncredential = ['2026', '2024']\n", environment: environment)
        #expect(missing.status == 1)
        #expect(missing.output.contains("\(credentials)/2024 is missing: check LoadCredential= of the service"))
    }

    @Test func previousKeyMayComeFromAnotherKindOfSource() throws {
        let daemon = try DaemonProcess()
        let alice = try session("alice")
        try daemon.start()
        #expect(try daemon.client().write("old".utf8, to: alice, version: 0).version != nil)
        #expect(daemon.stop() == 0)
        let text = "[key]\nenvironment = 'CLOAKROOM_KEY'\n[previous_key]\ncommand = ['/bin/cat', '\(daemon.keyFile)']\n"
        try daemon.start(configuration: text, environment: ["CLOAKROOM_KEY=\(KeyMaterial().base64)"])
        #expect(try daemon.client().read(alice).data == Array("old".utf8))
        #expect(daemon.stop() == 0)
    }

    /// The order of the sections does not matter: the variable is read after the command has run.
    @Test func commandDoesNotGetTheVariableOfAKey() throws {
        let daemon = try DaemonProcess()
        let seen = daemon.directory.path(of: "seen")
        let text = """
            [key]
            command = ['/bin/sh', '-c', 'tr "\\0" "\\n" < /proc/self/environ > \(seen); cat \(daemon.keyFile)']
            [previous_key]
            environment = 'CLOAKROOM_OLD'

            """
        let key = KeyMaterial()
        let checked = try daemon.check(text, environment: ["CLOAKROOM_OLD=\(key.base64)", "CLOAKROOM_OTHER=1"])
        #expect(checked.status == 0, "\(checked.output)")
        let environment = try String(contentsOfFile: seen, encoding: .utf8)
        #expect(environment.contains("CLOAKROOM_OTHER=1\n"))
        #expect(!environment.contains("CLOAKROOM_OLD"))
        #expect(!key.isIn(environment))
    }
}
