// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import ArgumentParser
import CloakroomAdmin
import CloakroomCrypto

struct KeysAddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Put a new master key in front of the others, so that it seals from now on.",
        discussion: """
            The key becomes the first line of the daemon's key file, and the daemon reloads. What older keys sealed can \
            still be opened; "cloakroomctl keys rotate" seals it by the new one.
            """
    )

    @Argument(
        help: "A file that has the key, or - for the standard input; otherwise a key is made.",
        completion: .file()
    )
    var file: String?

    @Option(help: "The pool whose key it is to be.", completion: .pools)
    var pool = "default"

    @OptionGroup var connection: ConnectionOptions

    private struct Result: Encodable {
        let added: String
        let pool: String
        let file: String
        let needsRestart: Bool
    }

    func run() throws {
        try ControlHeap.prepare()
        let client = try connection.connect()
        let keyring = try client.keyring(pool)
        guard let path = keyring.editableFile else { throw CommandError(Self.instructions(keyring)) }
        let key = try file.map { try KeyFile.key(from: $0) } ?? MasterKey.random()
        guard !keyring.keys.contains("\(key.id)") else {
            throw CommandError("the daemon has key \(key.id) already: add another one")
        }
        let edit = try keyring.edit(path)
        guard try !edit.text.ids().contains(key.id) else {
            throw CommandError("\(path) has key \(key.id) already: run \(keyring.step)")
        }
        try edit.prepare(edit.text.adding(key, date: HumanText.today()))
        try edit.commit()
        if keyring.reloads { try reload(client, key.id, path) }
        if connection.output.json {
            let needsRestart = !keyring.reloads
            return try Output.json(Result(added: "\(key.id)", pool: pool, file: path, needsRestart: needsRestart))
        }
        Output.line("key \(key.id) is the first one in \(path)")
        Output.line(
            keyring.reloads
                ? "it seals from now on; next: cloakroomctl keys rotate"
                : "the daemon reads it at its start: systemctl restart cloakroomd; then: cloakroomctl keys rotate"
        )
    }

    private func reload(_ client: AdminClient, _ id: KeyID, _ path: String) throws {
        let added = "key \(id) was added to \(path), but the daemon does not use it yet"
        do { _ = try client.reload() } catch let error as AdminClientError {
            throw CommandError("\(added): \(error.message)\nput that right, and run: cloakroomctl reload")
        }
        guard try client.keyring(pool).keys.first == "\(id)" else {
            throw CommandError("\(added): another source comes first; see [key] in the configuration")
        }
    }

    /// What the operator has to do where this program cannot.
    private static func instructions(_ keyring: KeyringSummary) -> String {
        """
        the keys of pool \(keyring.pool) come from \(keyring.origin), which this command cannot change. Instead:
          1. cloakroomctl keys generate
          2. put the new key in front of the old ones there, a key in each line
          3. \(keyring.step)
          4. cloakroomctl keys rotate
        """
    }
}
