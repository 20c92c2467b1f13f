// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import ArgumentParser
import CloakroomAdmin

struct KeysRotateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Seal by the first key what older keys sealed, while sessions are served.",
        discussion: """
            It shows how far the daemon is. Ctrl-C interrupts it, and the next "keys rotate" goes on; so does the daemon's next \
            start. When only this program ends, it goes on.
            """
    )

    @Option(help: "One pool only.", completion: .pools)
    var pool: String?

    @Flag(help: "Have the daemon begin, and do not wait for the end.")
    var background = false

    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let client = try connection.connect()
        let keyrings = try client.keyrings(pool)
        guard !background else { return try keyrings.forEach { try begin($0, client) } }
        for keyring in keyrings { try rotate(keyring, client) }
    }

    private func begin(_ keyring: KeyringSummary, _ client: AdminClient) throws {
        let reply = try client.ask(.rotate(pool: keyring.pool, wait: false))
        guard case .rotation(let end) = reply else { throw CommandError.unexpected(reply) }
        if connection.output.json { return try Output.json(reply) }
        Output.line(
            "pool \(end.pool): everything is being sealed by key \(end.key); \"keys rotate\" shows how far it is"
        )
    }

    private func rotate(_ keyring: KeyringSummary, _ client: AdminClient) throws {
        let interruption = try Interruption { [path = connection.path] in
            // A connection of its own: the other one waits for the reply.
            _ = try AdminClient(path: path).ask(.interrupt(pool: keyring.pool))
        }
        defer { interruption.end() }
        let display = WorkDisplay(isJSON: connection.output.json)
        let reply = try ask(keyring.pool, client, display)
        display.finish()
        guard case .rotation(let end) = reply else { throw CommandError.unexpected(reply) }
        if connection.output.json { try Output.json(reply) }
        switch end.outcome {
        case .complete: if !connection.output.json { Output.line(Self.summary(end, keyring)) }
        case .started: throw CommandError.unexpected(reply)
        case .interrupted:
            throw CommandError(
                "interrupted; \"cloakroomctl keys rotate\" goes on, and so does the daemon's next start",
                status: .interrupted
            )
        }
    }

    private func ask(_ pool: String, _ client: AdminClient, _ display: WorkDisplay) throws -> AdminReply {
        do { return try client.ask(.rotate(pool: pool, wait: true), progress: display.show) } catch {
            guard error.code == .lost else { throw error }
            display.finish()
            throw AdminClientError(
                .lost,
                "\(error.message). The rotation is resumed at the daemon's next start; \"keys rotate\" shows how far it is"
            )
        }
    }

    private static func summary(_ end: RotationEnd, _ keyring: KeyringSummary) -> String {
        let resealed = end.resealed ?? 0
        let isAlone = keyring.keys.count == 1
        if isAlone, resealed == 0 {
            return "pool \(end.pool): nothing to do, as key \(end.key) is the only one and seals everything"
        }
        let others = keyring.keys.dropFirst().map { "cloakroomctl keys retire \($0)" }.joined(separator: "; ")
        return "pool \(end.pool): key \(end.key) seals everything; \(HumanText.count(resealed, "record")) sealed anew"
            + (others.isEmpty ? "" : "; next: \(others)")
    }
}
