// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CloakroomCore
import CloakroomGate
import CloakroomSystem
import Glibc

/// The command line of the gate.
@main
struct CloakroomFCGI: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cloakroom-fcgi",
        abstract: "Tells a web server whether a request's session is valid, and shows the daemon's status.",
        discussion: """
            Listens on the sockets that systemd passes under the name "fastcgi", or on --socket. What is checked, the web \
            server says with each request. Every option has a default.
            """,
        version: ProductVersion.current
    )

    @Option(
        help: ArgumentHelp("The socket to listen on, when systemd passes none.", valueName: "path"),
        completion: .file()
    )
    var socket = "/run/cloakroom/fcgi.sock"

    @Option(help: ArgumentHelp("The permissions of that socket, in octal.", valueName: "mode"))
    var socketMode = SocketMode(bits: 0o660)

    @Option(
        help: ArgumentHelp("The group of that socket, by name or number: that of the web server.", valueName: "group")
    )
    var socketGroup: String?

    @Option(
        help: ArgumentHelp(
            "A port to listen on as well, for Apache: 127.0.0.1:PORT or [::1]:PORT. Every user of this host can connect to it, so it does not show the status.",
            valueName: "address"
        ),
        transform: LoopbackAddress.option
    )
    var listen: LoopbackAddress?

    @Option(
        help: ArgumentHelp("The socket of cloakroomd that is for the gate.", valueName: "path"),
        completion: .file()
    )
    var daemon = "/run/cloakroom/gate.sock"

    @Option(
        help: ArgumentHelp("How long cloakroomd may take for an answer, connecting included.", valueName: "seconds")
    )
    var timeout = TimeLimit(seconds: 2)

    @Option(
        help: ArgumentHelp(
            "How long the web server may take to send a request, or to take an answer.",
            valueName: "seconds"
        )
    )
    var requestTimeout = TimeLimit(seconds: 10)

    @Option(help: ArgumentHelp("How many requests are worked at at the same time, from 1 to 64.", valueName: "number"))
    var threads = 8

    @Option(help: ArgumentHelp("The path that is answered with \"pong\"; empty: none.", valueName: "path"))
    var pingPath = "/ping"

    @Option(help: ArgumentHelp("The path of the status page; empty: none.", valueName: "path"))
    var statusPath = "/status"

    func validate() throws {
        guard (1...64).contains(threads) else { throw ValidationError("--threads must be from 1 to 64.") }
        for (option, path) in [("--ping-path", pingPath), ("--status-path", statusPath)] {
            guard path.isEmpty || path.hasPrefix("/") else {
                throw ValidationError("\(option) must begin with a slash.")
            }
        }
    }

    func run() throws {
        do {
            try ProcessSetup.run()
            let listening = try GateListening(path: socket, access: try access, port: listen)
            defer { listening.close() }
            try GateProcess(settings: settings, requestLimit: requestTimeout.duration, listening: listening).run()
        } catch {
            GateLog.write(.error, "\(error)")
            throw ExitCode.failure
        }
    }

    private var access: UnixSocketListener.Access {
        get throws {
            UnixSocketListener.Access(
                group: try socketGroup.map { name in
                    guard let id = try AccountDirectory.groupID(of: name) else {
                        throw ValidationError(
                            "--socket-group: there is no group \"\(name)\": create it, or name another."
                        )
                    }
                    return id
                },
                mode: socketMode.bits
            )
        }
    }

    private var settings: GateService.Settings {
        GateService.Settings(
            daemon: daemon,
            timeout: timeout.duration,
            threads: threads,
            routing: GateRouting(
                pingPath: pingPath.isEmpty ? nil : pingPath,
                statusPath: statusPath.isEmpty ? nil : statusPath
            )
        )
    }
}
