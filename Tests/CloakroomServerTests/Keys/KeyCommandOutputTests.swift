// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import CloakroomConfiguration
import CloakroomCrypto
import Glibc
import Testing

@testable import CloakroomServer

/// What a command gets of this process. What is made of its answers is tested with the daemon.
@Suite struct KeyCommandOutputTests {
    init() throws { try SecureHeap.prepare() }

    private func run(_ script: String, seconds: Int = 20) throws -> String {
        let command = KeyCommand(arguments: ["/bin/sh", "-c", script], timeout: .seconds(seconds))
        return try command.output().withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test func outputIsTakenAsItIs() throws {
        #expect(try run("printf 'a\\n\\000b\\n'") == "a\n\0b\n")
        // What fills the pipe more than once.
        #expect(try run("for i in 1 2 3 4; do head -c 1024 /dev/zero; sleep 0; done").utf8.count == 4096)
        #expect(throws: KeySourceError(.command, "")) { try run("head -c 4097 /dev/zero") }
    }

    @Test func argumentsAreNotTakenApart() throws {
        let command = KeyCommand(arguments: ["/usr/bin/printf", "<%s>", "a b", "$HOME", ""], timeout: .seconds(20))
        #expect(try command.output().withUnsafeBytes { String(decoding: $0, as: UTF8.self) } == "<a b><$HOME><>")
    }

    @Test func nothingOfThisProcessIsPassedOnButItsEnvironment() throws {
        // Without it a descriptor would be passed on.
        let descriptor = open("/dev/null", O_RDONLY)
        defer { close(descriptor) }
        #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC == 0)
        let open = try run("ls /proc/self/fd | tr '\\n' ' '; readlink /proc/self/fd/0")
        // The last one is the directory that ls reads.
        #expect(open == "0 1 2 3 /dev/null\n")
        let ids = try run("read -r pid name state parent group rest < /proc/self/stat; echo $$ $pid $group").split(
            separator: " "
        )
        #expect(ids[0] == ids[1] && ids[1] == ids[2].dropLast(), "it leads a group: \(ids)")
        // As the daemon does.
        signal(SIGPIPE, SIG_IGN)
        // The C library ignores two signals (32 and 33) that are its own.
        #expect(try run("grep -E '^Sig(Blk|Ign):' /proc/self/status | tr -d '0\\n'") == "SigBlk:\tSigIgn:\t18")
    }

    @Test func environmentHasNothingOfSystemdAndNoKeys() async {
        await #expect(processExitsWith: .success) {
            try SecureHeap.prepare()
            let names = [
                "LISTEN_FDS", "LISTEN_FDNAMES", "WATCHDOG_USEC", "NOTIFY_SOCKET", "CLOAKROOM_KEY", "CLOAKROOM_OLD",
            ]
            for name in names + ["CREDENTIALS_DIRECTORY", "CLOAKROOM_OTHER"] { setenv(name, "/value", 1) }
            let text = "[key]\ncommand = [\"/c\"]\n[previous_key]\nenvironment = [\"CLOAKROOM_KEY\", \"CLOAKROOM_OLD\"]"
            _ = try KeyringSource(Configuration.load(text: text, file: "c"), credentialsDirectory: nil)
            let command = KeyCommand(arguments: ["/usr/bin/env"], timeout: .seconds(20))
            let shown = try command.output().withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
            for name in names { #expect(!shown.contains("\(name)="), "\(name) is passed on") }
            #expect(shown.contains("CREDENTIALS_DIRECTORY=/value\n"))
            #expect(shown.contains("CLOAKROOM_OTHER=/value\n"))
        }
    }

    @Test func nothingIsLeftBehind() throws {
        // The child says its number and goes on, without the output; it is in the group.
        let child = try #require(pid_t(try run("sleep 1000 >&- 2>&- & printf $!")))
        let end = ContinuousClock.now + .seconds(20)
        // It may be a zombie for a moment, until whoever inherits it takes notice.
        while kill(child, 0) == 0, try !TestFile.text("/proc/\(child)/stat").contains(") Z ") {
            try #require(ContinuousClock.now < end, "a child of the command still runs")
        }
    }

    @Test func endOfACommandIsSeenWhenItsSignalWasIgnored() async {
        await #expect(processExitsWith: .success) {
            try SecureHeap.prepare()
            signal(SIGCHLD, SIG_IGN)
            let error = #expect(throws: KeySourceError.self) {
                try KeyCommand(arguments: ["/bin/sh", "-c", "exit 7"], timeout: .seconds(20)).output()
            }
            #expect(error?.message.contains("exit status 7") == true)
        }
    }

    @Test func standardDescriptorsMayBeMissing() async {
        await #expect(processExitsWith: .success) {
            try SecureHeap.prepare()
            for descriptor in 0...2 { close(Int32(descriptor)) }
            let command = KeyCommand(arguments: ["/bin/sh", "-c", "echo out; echo err >&2"], timeout: .seconds(20))
            let output = try command.output().withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
            // The test's own descriptors are gone.
            if output != "out\n" { exit(3) }
        }
    }
}
