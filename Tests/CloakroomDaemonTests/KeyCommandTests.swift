// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import Foundation
import Testing

/// The real daemon with the programs that its key comes from.
@Suite(.timeLimit(.minutes(10))) struct KeyCommandTests {
    /// A session is written, and read again by a daemon that has asked for the key again.
    private func expectService(of daemon: DaemonProcess, _ configuration: String, environment: [String] = []) throws {
        let alice = try session("alice")
        try daemon.start(configuration: configuration, environment: environment)
        #expect(try daemon.client().write("contents".utf8, to: alice, version: 0).version != nil)
        #expect(daemon.stop() == 0, "\(daemon.log)")
        // The same key by another way: it is this one that sealed.
        try daemon.start()
        #expect(try daemon.client().read(alice).data == Array("contents".utf8))
        #expect(daemon.stop() == 0)
        try daemon.start(configuration: configuration, environment: environment)
        #expect(try daemon.client().read(alice).data == Array("contents".utf8))
        #expect(daemon.stop() == 0)
        #expect(try !KeyMaterial(base64: daemon.keyText).isIn(daemon.log))
    }

    private func command(_ arguments: String...) -> String {
        "[key]\ncommand = [" + arguments.map { "'\($0)'" }.joined(separator: ", ") + "]\n"
    }

    @Test func keyIsDecryptedByGPG() throws {
        let daemon = try DaemonProcess()
        let home = daemon.directory.path(of: "gnupg")
        #expect(mkdir(home, 0o700) == 0)
        defer { _ = try? DaemonProcess.run("/usr/bin/gpgconf", ["--homedir", home, "--kill", "all"]) }
        let gpg = ["--homedir", home, "--batch", "--quiet"]
        try DaemonProcess.runOrFail(
            "/usr/bin/gpg",
            gpg + ["--passphrase", "", "--quick-generate-key", "key@example.org", "future-default", "default", "never"]
        )
        let file = daemon.directory.path(of: "key.gpg")
        try DaemonProcess.runOrFail(
            "/usr/bin/gpg",
            gpg + ["--trust-model", "always", "-r", "key@example.org", "-o", file, "--encrypt", daemon.keyFile]
        )
        try expectService(
            of: daemon,
            command("/usr/bin/gpg", "--homedir", home, "--batch", "--quiet", "--decrypt", file)
        )

        // What gpg says is helpful, and shown.
        let other = daemon.directory.path(of: "other")
        #expect(mkdir(other, 0o700) == 0)
        defer { _ = try? DaemonProcess.run("/usr/bin/gpgconf", ["--homedir", other, "--kill", "all"]) }
        let refused = try daemon.refusal(
            of: command("/usr/bin/gpg", "--homedir", other, "--batch", "--quiet", "--decrypt", file)
        )
        #expect(refused.status == 1)
        #expect(refused.output.contains("the key command /usr/bin/gpg failed with exit status 2; it said: "))
        #expect(refused.output.contains("decryption failed: No secret key"), "\(refused.output)")
    }

    @Test func keyIsDecryptedByAge() throws {
        let daemon = try DaemonProcess()
        let identity = daemon.directory.path(of: "identity")
        let file = daemon.directory.path(of: "key.age")
        try DaemonProcess.runOrFail("/usr/bin/age-keygen", ["-o", identity])
        let recipient = try DaemonProcess.runOrFail("/usr/bin/age-keygen", ["-y", identity])
        try DaemonProcess.runOrFail(
            "/usr/bin/age",
            ["-r", recipient.trimmingCharacters(in: .newlines), "-o", file, daemon.keyFile]
        )
        try expectService(of: daemon, command("/usr/bin/age", "-d", "-i", identity, file))

        let other = daemon.directory.path(of: "other")
        try DaemonProcess.runOrFail("/usr/bin/age-keygen", ["-o", other])
        let refused = try daemon.refusal(of: command("/usr/bin/age", "-d", "-i", other, file))
        #expect(refused.status == 1)
        #expect(refused.output.contains("no identity matched any of the recipients"), "\(refused.output)")
    }

    @Test func keyIsDecryptedBySystemdCreds() throws {
        let daemon = try DaemonProcess()
        let file = daemon.directory.path(of: "key.cred")
        // The host's key, but not that of the host that runs the tests.
        let host = "SYSTEMD_CREDENTIAL_SECRET=" + daemon.directory.path(of: "host-key")
        let creds = "/usr/bin/systemd-creds"
        try DaemonProcess.runOrFail(
            "/usr/bin/env",
            [host, creds, "encrypt", "--with-key=host", "--name=cloakroom.key", daemon.keyFile, file]
        )
        let decrypt = command(creds, "decrypt", "--name=cloakroom.key", file, "-")
        try expectService(of: daemon, decrypt, environment: [host])

        let other = "SYSTEMD_CREDENTIAL_SECRET=" + daemon.directory.path(of: "other-key")
        let refused = try daemon.refusal(of: decrypt, environment: [other])
        #expect(refused.status == 1)
        #expect(refused.output.contains("the key command \(creds) failed with exit status 1; it said: "))
    }

    /// What a command does wrong, in the language of the shell, where `$0` is a file that has a key; and what is said of it.
    private static let faults: [(String, String)] = [
        ("cat $0 >&2; exit 3", "failed with exit status 3; it said: […];"),
        ("cat $0; exit 3", "failed with exit status 3;"),
        ("base64 -d $0 >&2; false", "failed with exit status 1; it said: something that is not text;"),
        ("base64 -d $0 | od -An -tx1 >&2; false", "failed with exit status 1; it said: […];"),
        ("base64 -d $0 | od -An -to1 >&2; false", "failed with exit status 1; it said: […];"),
        ("fold -w 40 $0 >&2; false", "failed with exit status 1; it said: […]"),
        ("cat $0 >&2; kill -9 $$", "was ended by signal 9; it said: […];"),
        ("cat $0; sleep 1000", "took longer than the 1 s of command_timeout, and was killed;"),
        ("cat $0 >&2; exec sleep 1000", "took longer than the 1 s of command_timeout, and was killed; it said: […];"),
        ("sleep 1000 & cat $0", "ended, but what it started kept its output open for longer than the 1 s"),
        ("cat $0; exec >&-; sleep 1000", "closed its output, but ran on for longer than the 1 s"),
        ("while cat $0; do :; done", "wrote more than 4096 bytes, too many for keys, and was killed;"),
        ("while cat $0 >&2; do :; done", "took longer than the 1 s of command_timeout, and was killed; it said: […]"),
        ("exit 0", "wrote nothing to its standard output, where the key should be;"),
        ("cat $0 >&2", "wrote nothing to its standard output, where the key should be; it said: […];"),
        ("head -c 43 $0", "line 1: 43 characters are not a key; "),
        ("cat $0; echo; tr A-Za-z N-ZA-Mn-za-m < $0 | head -c 40", "line 3: 40 characters are not a key; "),
        ("tr -d = < $0; cat $0", "line 1: 43 characters are not a key; "),
        ("cat $0 $0", "is in the keyring twice, from command /bin/sh and from command /bin/sh: remove one of them"),
        ("head -c 32 /dev/zero", "line 1: the master key is all zeros"),
    ]

    @Test(arguments: faults)
    func commandThatDoesNotGiveAKeyIsRefusedAndShowsNoKey(script: String, reason: String) throws {
        let daemon = try DaemonProcess()
        let begin = ContinuousClock.now
        let refused = try daemon.refusal(
            of: command("/bin/sh", "-c", script, daemon.keyFile) + "command_timeout = 1\n"
        )
        #expect(ContinuousClock.now - begin < .seconds(20), "it goes on after the time limit")
        #expect(refused.status == 1)
        #expect(refused.output.contains(reason), "\(refused.output)")
        #expect(refused.output.contains("command /bin/sh"), "\(refused.output)")
        #expect(refused.output.split(separator: "\n", omittingEmptySubsequences: false).count == 2, "it is one line")
        #expect(try !KeyMaterial(base64: daemon.keyText).isIn(refused.output), "\(refused.output)")
        #expect(!FileManager.default.fileExists(atPath: daemon.stateDirectory))
    }

    @Test func commandThatCannotBeStartedIsRefused() throws {
        let daemon = try DaemonProcess()
        let cases = [
            ("/nonexistent/program", "No such file or directory"), (daemon.directory.path, "Permission denied"),
            (daemon.keyFile, "Permission denied"),
        ]
        for (program, reason) in cases {
            let refused = try daemon.refusal(of: command(program))
            #expect(refused.status == 1)
            #expect(refused.output.contains("the key command \(program) cannot be started: \(reason); "))
        }
    }
}
