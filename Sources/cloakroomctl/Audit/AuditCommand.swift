// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CloakroomAudit
import Glibc

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Look for what is wrong with the security of sessions on this host.",
        discussion: """
            Reads the configuration of PHP, PHP-FPM and Cloakroom, looks at the owners and modes of what is named there, and asks \
            the running pools of PHP-FPM, through FastCGI, what holds in them. Changes nothing, and needs no daemon. Run it \
            as root: what it may not look at, it reports. docs/audit.md lists all findings.

            SEVERITIES
              critical  opens sessions as it is
              high      opens sessions to somebody who has one more thing
              medium    weakens a protection that an attack would have to get past
              low       should be better; alone it opens nothing
              info      good to know

            EXIT STATUS
              0  nothing at or above --fail-on was found
              1  something was
              2  nothing was, but this user may not look at everything
            """
    )

    @Option(help: ArgumentHelp("Show findings of this severity and above.", valueName: "severity"))
    var minSeverity = Severity.info

    @Option(
        help: ArgumentHelp(
            "End with status 1 for findings of this severity and above, shown or not.",
            valueName: "severity"
        )
    )
    var failOn = Severity.medium

    @Option(
        help: ArgumentHelp(
            "The directory that stands for the root of the host: a mounted disk or an image. Only files are looked at then.",
            valueName: "directory"
        )
    )
    var root = "/"

    @Option(
        help: ArgumentHelp(
            "The configuration file of cloakroomd, as the host calls it; otherwise the one that its unit names.",
            valueName: "path"
        )
    )
    var config: String?

    @Flag(help: "Do not ask running pools, the daemon or systemd: look at files only.")
    var noAsk = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let config, !config.hasPrefix("/") {
            throw ValidationError(
                "--config takes a path from the root of the host: \"\(config)\" does not begin with \"/\""
            )
        }
    }

    func run() throws {
        let tree = try tree()
        let result = AuditRun(tree: tree, configurationFile: config, isAsking: !noAsk).result()
        let report = AuditReport(result: result, least: minSeverity, failing: failOn)
        if output.json { try report.printJSON() } else { report.print(columns: Terminal.size.columns) }
        guard report.status != 0 else { return }
        throw ExitCode(report.status)
    }

    private func tree() throws -> HostTree {
        let tree = HostTree(root: root)
        guard tree.names(in: "/") != nil else {
            let reason = errno == ENOTDIR ? "is no directory" : "cannot be read: \(String(cString: strerror(errno)))"
            throw CommandError("--root \(root) \(reason): name the directory where the host's files are")
        }
        return tree
    }
}
