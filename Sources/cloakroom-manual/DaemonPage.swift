// SPDX-License-Identifier: Apache-2.0

import CloakroomConfiguration

/// The page of the daemon.
struct DaemonPage {
    let page: ManualPage

    init(_ program: Program) {
        let help = HelpText(program.root.discussion)
        var page = ManualPage(program.name, section: 8, summary: program.root.summary)
        page.heading("Synopsis")
        page.synopsis(program.name, program.root.arguments.filter { !$0.isBuiltIn })
        page.heading("Description")
        page.body([.paragraph(program.root.abstract)] + help.introduction)
        page.body([
            .paragraph(
                "It is started by systemd(1): cloakroomd.socket, cloakroomd-admin.socket and "
                    + "cloakroomd-gate.socket listen, and cloakroomd.service runs it in a sandbox. It stays in the foreground, and writes its log to standard "
                    + "error. Options win over the configuration file."
            )
        ])
        page.describe(program.root.arguments, under: "Options")
        page.list("Signals", Self.signals) { Roff.bold($0) }
        page.list("Exit status", Self.statuses) { Roff.bold($0) }
        page.list("Environment", Self.environment) { Roff.bold($0) }
        page.list("Files", Self.files) { Roff.italic($0) }
        page.heading("Examples")
        page.body([
            .paragraph("As it was installed:"),
            .verbatim([
                "cloakroomctl keys generate --output /etc/cloakroom/key",
                "systemctl enable --now cloakroomd.socket cloakroomd-admin.socket cloakroomd-gate.socket",
            ]),
            .paragraph("By hand, without a configuration file:"),
            .verbatim(["cloakroomd --key-file ./key --state-dir ./state --socket ./php.sock"]),
            .paragraph("Whether configuration and keys are right, as root:"),
            .verbatim(["cloakroomd --check"]),
        ])
        page.seeAlso(["cloakroomctl(8)", "cloakroom-fcgi(8)", "cloakroom.toml(5)", "systemd.exec(5)"])
        self.page = page
    }

    private static let signals = [
        (
            "SIGTERM, SIGINT",
            "It takes no more requests, answers those that it has, lets holders of locks write, and ends."
        ),
        (
            "SIGHUP",
            "It reads keys and log.level again, as \"cloakroomctl reload\" does; if anything is wrong, all stays as it was."
        ),
        ("SIGUSR1", "It logs every lock that is held, and who waits for it."),
    ]

    private static let statuses = [
        ("0", "It was told to end, or --check found nothing wrong."),
        ("1", "It cannot run, or --check found something; standard error says what and what to do."),
        ("64", "Wrong usage."),
    ]

    private static let environment = [
        ("CREDENTIALS_DIRECTORY", "Where systemd puts the credentials that key.credential names, see systemd.exec(5)."),
        (
            "LISTEN_FDS, LISTEN_FDNAMES, LISTEN_PID",
            "The sockets that systemd passes, see sd_listen_fds(3): \"php\" for all, \"php-NAME\" for the pool NAME, \"admin\" for "
                + "cloakroomctl(8), \"gate\" for cloakroom-fcgi(8)."
        ),
        (
            "NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID",
            "Where and how often systemd is told how it is, see sd_notify(3)."
        ),
        ("The variables that key.environment names", "Master keys. They are removed from the environment once read."),
    ]

    private static let files = [
        (Configuration.defaultFile, "The configuration, see cloakroom.toml(5)."),
        (
            Configuration.Key.defaultFile,
            "The master keys: root's, with mode 0600. The service gets a copy as the credential cloakroom.key."
        ),
        ("/var/lib/cloakroom", "The encrypted store, with mode 0700; those of other pools are in pools/NAME."),
        ("/run/cloakroom/php.sock", "The socket that PHP connects to."),
        ("/run/cloakroom/admin.sock", "The socket that cloakroomctl(8) connects to."),
        ("/run/cloakroom/gate.sock", "The socket that cloakroom-fcgi(8) connects to."),
    ]
}

extension ManualPage {
    mutating func list(_ title: String, _ entries: [(String, String)], tag: (String) -> String) {
        heading(title)
        for (word, text) in entries { entry(tag(word), text) }
    }
}
