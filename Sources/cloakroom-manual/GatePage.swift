// SPDX-License-Identifier: Apache-2.0

/// The page of the gate.
struct GatePage {
    let page: ManualPage

    init(_ program: Program) {
        let help = HelpText(program.root.discussion)
        var page = ManualPage(program.name, section: 8, summary: program.root.summary)
        page.heading("Synopsis")
        page.synopsis(program.name, program.root.arguments.filter { !$0.isBuiltIn })
        page.heading("Description")
        page.body([.paragraph(program.root.abstract)] + help.introduction + Self.introduction)
        page.describe(program.root.arguments, under: "Options")
        page.list("FastCGI parameters", Self.parameters) { Roff.bold($0) }
        page.list("Answers", Self.answers) { Roff.bold($0) }
        page.list("Signals", [("SIGTERM, SIGINT", "It takes no more requests, answers those that it has, and ends.")]) {
            Roff.bold($0)
        }
        page.list("Exit status", Self.statuses) { Roff.bold($0) }
        page.list("Environment", Self.environment) { Roff.bold($0) }
        page.list("Files", Self.files) { Roff.italic($0) }
        page.heading("Examples")
        page.body(Self.examples)
        page.seeAlso(["cloakroomd(8)", "cloakroomctl(8)", "cloakroom.toml(5)", "systemd.socket(5)"])
        self.page = page
    }

    private static let introduction: [HelpText.Block] = [
        .paragraph(
            "It speaks FastCGI to the web server, as a responder (nginx, auth_request) or an authorizer (Apache, lighttpd), and "
                + "asks cloakroomd(8) on a socket of its own whether the session of a request's cookie is valid. No PHP runs for that, "
                + "no lock is taken, and contents are not read. It has no key and no store, and runs as its own user, cloakroom-gate."
        ),
        .paragraph(
            "It is started by systemd(1): cloakroom-fcgi.socket listens, cloakroom-fcgi-tcp.socket besides where it is switched "
                + "on, and cloakroom-fcgi.service runs it in a sandbox. It stays in the foreground, and writes its log to standard error."
        ),
    ]

    private static let parameters = [
        (
            "CLOAKROOM_ACTION",
            "\"check\", \"status\" or \"ping\". Without it SCRIPT_NAME decides: the path of --ping-path, that of --status-path, and "
                + "for every other one a check. An authorizer always checks."
        ),
        ("CLOAKROOM_COOKIE", "The name of the session. Default: PHPSESSID."),
        ("CLOAKROOM_POOL", "The pool that the session is in. Default: default."),
        (
            "CLOAKROOM_REQUIRE",
            "\"any\" session will do, or it has to be \"identified\": the application has said whose it is. Default: any."
        ),
        (
            "CLOAKROOM_MAX_AUTH_AGE",
            "For how many seconds after the log-in the session will do. It has to be an identified one then."
        ),
        ("CLOAKROOM_ACTIVITY", "Whether the check counts as a use of the session, \"on\" or \"off\". Default: off."),
        (
            "CLOAKROOM_ON_ERROR",
            "Whether to \"deny\" or to \"allow\" the request while the daemon cannot say. Default: deny."
        ),
        (
            "CLOAKROOM_LOGIN_URL",
            "Where the browser is sent that has no valid session: a path, or an http or https URL. \"{uri}\" in it is replaced by "
                + "what the browser asked for."
        ),
    ]

    private static let answers = [
        (
            "204, or 200 to an authorizer",
            "Admitted, with the user, the session's tag, its age, and for how long it lasts."
        ),
        ("401", "There is no session that will do. With a login URL, an authorizer answers 302 instead."),
        ("403", "The session is another browser's, or its address has guessed too many ids."),
        ("500", "The web server's configuration is wrong; the text says in what."),
        ("503", "The daemon is away, or cannot say."),
    ]

    private static let statuses = [
        ("0", "It was told to end."),
        ("1", "It cannot run; standard error says why and what to do."),
        ("64", "Wrong usage."),
    ]

    private static let environment = [
        (
            "CLOAKROOM_FCGI_OPTIONS",
            "Options that the service is started with. Read by systemd from /etc/default/cloakroom-fcgi."
        ),
        (
            "LISTEN_FDS, LISTEN_FDNAMES, LISTEN_PID",
            "The sockets that systemd passes, see sd_listen_fds(3). They are named \"fastcgi\"."
        ),
        ("NOTIFY_SOCKET", "Where systemd is told how it is, see sd_notify(3)."),
    ]

    private static let files = [
        ("/run/cloakroom/fcgi.sock", "The socket that web servers connect to."),
        ("/run/cloakroom/gate.sock", "The socket of cloakroomd(8) that it asks on."),
        ("/etc/default/cloakroom-fcgi", "Options of the service."),
        ("/usr/share/doc/cloakroom/examples", "Configurations of nginx, Apache and lighttpd to include."),
    ]

    private static let examples: [HelpText.Block] = [
        .paragraph("As it was installed, for nginx and lighttpd:"),
        .verbatim(["systemctl enable --now cloakroom-fcgi.socket"]),
        .paragraph("For Apache, which connects to 127.0.0.1:9402:"),
        .verbatim([
            "systemctl stop cloakroom-fcgi.service",
            "systemctl enable --now cloakroom-fcgi.socket cloakroom-fcgi-tcp.socket",
        ]),
        .paragraph("Whether it answers, as the web server's user, with cgi-fcgi of libfcgi-bin:"),
        .verbatim(["SCRIPT_NAME=/ping REQUEST_METHOD=GET cgi-fcgi -bind -connect /run/cloakroom/fcgi.sock"]),
    ]
}
