// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import ArgumentParser
import CloakroomAdmin
import CloakroomCrypto

struct KeysRetireCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retire",
        abstract: "Take a key away that nothing needs any more.",
        discussion: """
            The daemon forgets it, and the key file loses its line, if that is where it comes from. It is refused as long as \
            anything is sealed by the key: "cloakroomctl keys rotate" first.
            """
    )

    @Argument(help: "The key's id, or the beginning of it.", completion: .olderKeys)
    var key: String

    @Option(help: "The pool that has the key.", completion: .pools)
    var pool = "default"

    @OptionGroup var connection: ConnectionOptions

    private struct Result: Encodable {
        let retired: String
        let pools: [String]
        let file: String?
    }

    func run() throws {
        try ControlHeap.prepare()
        let client = try connection.connect()
        let all = try client.keyrings()
        guard let keyring = all.first(where: { $0.pool == pool }) else {
            throw CommandError(
                "the daemon has no pool \"\(pool)\"; its pools are: \(all.map(\.pool).joined(separator: ", "))"
            )
        }
        let id = try Self.id(key, keyring)
        // Pools that read the same sources lose the key with this one.
        let sharers = all.filter { $0.sources == keyring.sources && $0.keys.contains(id) }
        let edit = try Self.prepare(keyring, id)
        do {
            for sharer in sharers { try Self.retire(id, sharer, client) }
        } catch {
            // Those that have retired it already take it again.
            if sharers.count > 1 { _ = try? client.reload() }
            throw error
        }
        try edit?.commit()
        if edit != nil, keyring.reloads { _ = try client.reload() }
        let file = edit == nil ? nil : keyring.editableFile
        guard !connection.output.json else {
            return try Output.json(Result(retired: id, pools: sharers.map(\.pool), file: file))
        }
        Output.line("key \(id) is retired, and opens nothing any more")
        if let file { return Output.line("its line is gone from \(file); remove its copies and backups too") }
        Output.line(
            "it comes back with the daemon's next start, unless you remove it where it comes from: \(keyring.origin)"
        )
    }

    /// The key that an id, or the beginning of one, means.
    private static func id(_ text: String, _ keyring: KeyringSummary) throws -> String {
        let matching = keyring.keys.filter { $0.hasPrefix(text.lowercased()) }
        if let only = matching.first, matching.count == 1, !text.isEmpty { return only }
        let known = keyring.keys.joined(separator: ", ")
        throw CommandError(
            matching.isEmpty || text.isEmpty
                ? "pool \(keyring.pool) has no key \"\(text)\"; its keys are: \(known)"
                : "\"\(text)\" could be \(matching.joined(separator: " or ")): give more of the id"
        )
    }

    /// Writes the key file without the key, beside the key file, if that is where the key comes from: what can fail does so
    /// before the daemon forgets the key.
    private static func prepare(_ keyring: KeyringSummary, _ id: String) throws -> KeyFileEdit? {
        guard keyring.keys.first != id, let path = keyring.editableFile else { return nil }
        let edit = try keyring.edit(path)
        guard let key = try edit.text.ids().first(where: { "\($0)" == id }) else { return nil }
        try edit.prepare(edit.text.removing(key))
        return edit
    }

    private static func retire(_ id: String, _ keyring: KeyringSummary, _ client: AdminClient) throws {
        let reply = try client.ask(.retire(pool: keyring.pool, key: id))
        guard case .retirement(let end) = reply else { throw CommandError.unexpected(reply) }
        let pool = "pool \(end.pool)"
        switch end.outcome {
        case .retired: return
        case .needed:
            let needs = [
                end.records > 0 ? HumanText.count(end.records, "record") : nil,
                end.addressKey ? "the store's address key" : nil,
            ].compactMap(\.self).joined(separator: " and ")
            throw CommandError("\(pool): key \(id) still seals \(needs): run \"cloakroomctl keys rotate\" first")
        case .seals:
            throw CommandError(
                "\(pool): key \(id) is the one that seals: run \"cloakroomctl keys add\" and \"keys rotate\" first"
            )
        case .unknown: throw CommandError("\(pool) does not have key \(id) any more")
        case .rotating:
            throw CommandError("\(pool): a rotation is under way: \"cloakroomctl keys rotate\" waits for its end")
        }
    }
}
