// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import Foundation
import Testing

/// What `make install` puts where shells and man(1) look, asked as they do.
@Suite(.timeLimit(.minutes(10))) struct CompletionTests {
    private let destination: TemporaryDirectory
    private let share: String

    init() throws {
        destination = try TemporaryDirectory()
        share = destination.path + "/usr/share"
        let installed = try Tool.run(
            Tool.root + "/scripts/install-help.sh",
            ["cloakroomd", "cloakroomctl", "cloakroom-fcgi"].map(Tool.path(of:)),
            environment: ["DESTDIR": destination.path]
        )
        try #require(installed.status == 0, "\(installed.errors)")
    }

    /// With the programs of this build first.
    private func shell(_ shell: String, _ arguments: [String]) throws -> Tool.Result {
        let programs = URL(fileURLWithPath: DaemonProcess.binary).deletingLastPathComponent().path
        return try Tool.run(
            "/usr/bin/\(shell)",
            arguments,
            environment: [
                "PATH": "\(programs):/usr/bin:/bin", "XDG_DATA_DIRS": share, "HOME": destination.path,
                "CLOAKROOM_ADMIN_SOCKET": "/nonexistent/admin.sock",
            ]
        )
    }

    @Test func manFindsThePages() throws {
        for (words, title) in [
            (["cloakroomctl"], "CLOAKROOMCTL(8)"), (["cloakroomctl", "keys"], "CLOAKROOMCTL-KEYS(8)"),
            (["cloakroomd"], "CLOAKROOMD(8)"), (["cloakroom-fcgi"], "CLOAKROOM-FCGI(8)"),
            (["cloakroom.toml"], "CLOAKROOM.TOML(5)"),
        ] {
            let page = try Tool.run("/usr/bin/man", words, environment: ["MANPATH": "\(share)/man"])
            #expect(page.status == 0 && page.output.contains(title), "\(words): \(page.errors)")
        }
    }

    @Test func bashCompletes() throws {
        let script = """
            source \(share)/bash-completion/completions/cloakroomctl || exit
            complete -p cloakroomctl > /dev/null || exit
            try() {
              COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMPREPLY=()
              COMP_POINT=${#COMP_LINE}
              _cloakroomctl "$1" "${@: -1}" "${@: -2:1}"
              echo "$*=${COMPREPLY[*]}"
            }
            try cloakroomctl ke
            try cloakroomctl keys li
            try cloakroomctl keys list --js
            try cloakroomctl keys list --pool ""
            try cloakroomctl keys retire ""
            """
        let result = try shell("bash", ["--norc", "-c", script])
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        let expected = [
            "cloakroomctl ke=keys", "cloakroomctl keys li=list", "cloakroomctl keys list --js=--json",
            // The pools of the configuration that there is by default.
            "cloakroomctl keys list --pool =default",
            // Without a daemon there are no keys to be known, and that is no message.
            "cloakroomctl keys retire =",
        ]
        for line in expected { #expect(result.lines.contains { $0.hasPrefix(line) }, "\(line): \(result.output)") }
    }

    @Test func fishCompletes() throws {
        let result = try shell(
            "fish",
            [
                "--no-config", "-c",
                """
                source \(share)/fish/vendor_completions.d/cloakroomctl.fish
                complete -C 'cloakroomctl ke'
                complete -C 'cloakroomctl keys ret'
                complete -C 'cloakroomctl keys list --js'
                """,
            ]
        )
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        let words = result.lines.compactMap { $0.split(separator: "\t").first }
        #expect(words == ["keys", "retire", "--json"], "\(result.output)")
    }

    @Test func zshFindsTheFunction() throws {
        let result = try shell(
            "zsh",
            [
                "-f", "-c",
                """
                fpath=(\(share)/zsh/vendor-completions $fpath)
                autoload -Uz compinit && compinit -D -u
                print $_comps[cloakroomctl] $_comps[cloakroomd] $_comps[cloakroom-fcgi]
                autoload +X _cloakroomctl && autoload +X _cloakroomd && autoload +X _cloakroom-fcgi && print loaded
                """,
            ]
        )
        #expect(
            result.output == "_cloakroomctl _cloakroomd _cloakroom-fcgi\nloaded\n",
            "\(result.output)\(result.errors)"
        )
        #expect(result.errors.isEmpty)
    }

    @Test func completionNeverWritesWithoutADaemon() throws {
        for command in ["keys retire -- key 3 0", "keys list -- --pool 3 0", "keys lits -- --pool", "nothing"] {
            let result = try Tool.control(["---completion"] + command.split(separator: " ").map(String.init))
            #expect(result.errors.isEmpty, "\(command): \(result.errors)")
        }
    }
}
