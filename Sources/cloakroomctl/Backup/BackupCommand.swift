// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import ArgumentParser
import CloakroomAdmin
import CloakroomBackup
import Glibc

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Back up all sessions while they are served.",
        discussion: """
            It makes a directory in DIR that is named by the time (UTC) and complete in itself; files that the last backup has as well \
            are hard links to those, and take no space. What was acknowledged before it began is in it. The sessions in it are sealed: \
            keep the master key elsewhere, as nothing can be restored without it. To be run as root, as only the daemon's user and root \
            may read the stores. An interrupted backup leaves nothing but what the next one removes.
            """
    )

    @Argument(help: ArgumentHelp("The directory that has the backups. It is made if it is missing.", valueName: "dir"))
    var directory: String

    @Option(
        help: ArgumentHelp(
            "Remove the oldest backups in DIR beyond so many, once this one is complete.",
            valueName: "number"
        )
    )
    var keep: Int?

    @Option(help: "One pool only.")
    var pool: String?

    @OptionGroup var connection: ConnectionOptions

    private struct Result: Encodable {
        let backup: String
        let directory: String
        let created: String
        let bytes: Int
        let written: Int
        let shared: Int
        let pools: [BackedUpPool]
        let removed: [String]
    }

    func validate() throws {
        if let keep, keep < 1 {
            throw ValidationError("--keep has to be at least 1, which is the backup that is made.")
        }
    }

    func run() throws {
        // Before anything takes time.
        if access(directory, F_OK) == 0 { _ = try BackupDirectory.opening(directory) }
        let work = try InterruptibleWork(isJSON: connection.output.json)
        defer { work.finish() }
        let client = try connection.connect()
        let reply = try client.hold(.checkpoint(CheckpointRequest(pool: pool)), progress: work.show)
        guard case .checkpoint(let checkpoint) = reply else { throw CommandError.unexpected(reply) }
        let (summary, removed) = try work.run { work in
            let source = try BackupSource(checkpoint, version: client.greeting.daemon)
            let target = try BackupDirectory.preparing(directory, outside: source.stateDirectories)
            let summary = try BackupWriter(source, into: target, work).write()
            return (summary, try keep.map { try target.keep($0) } ?? [])
        }
        // The daemon keeps the checkpoint for as long as this lives.
        withExtendedLifetime(client) {}
        try show(summary, removed)
    }

    private func show(_ summary: BackupSummary, _ removed: [String]) throws {
        let manifest = summary.manifest
        guard !connection.output.json else {
            return try Output.json(
                Result(
                    backup: summary.name,
                    directory: directory,
                    created: manifest.created.name,
                    bytes: manifest.bytes,
                    written: summary.written,
                    shared: summary.shared,
                    pools: manifest.pools.map(BackedUpPool.init),
                    removed: removed
                )
            )
        }
        Output.line(
            "backup \(summary.name): \(ByteText.text(manifest.bytes)), of which \(ByteText.text(summary.written)) are new"
        )
        for pool in manifest.pools { Output.line(BackedUpPool(pool).line) }
        for name in removed { Output.line("removed \(name)") }
        let keys = Set(manifest.pools.flatMap(\.keys)).sorted().joined(separator: ", ")
        Output.hint("the backup has no key: keep \(keys) elsewhere, as it cannot be restored without")
    }
}
