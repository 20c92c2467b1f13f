// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import ArgumentParser
import CloakroomAdmin
import CloakroomBackup
import CloakroomConfiguration

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a backup in the place of the stores, while the daemon is stopped.",
        discussion: """
            The backup is compared with its manifest first, and one that is damaged is refused. The stores of now are kept beside, as \
            "rocksdb.before-restore-TIME". Sessions that were ended since the backup was made come back, until they expire, and \
            sessions that began since are gone. To be run as root.
            """
    )

    @Argument(help: ArgumentHelp("The directory that has the backups.", valueName: "dir"))
    var directory: String

    @Option(help: ArgumentHelp("The backup, by its name; otherwise the newest one.", valueName: "name"))
    var backup: String?

    @Option(help: "One pool only.")
    var pool: String?

    @Option(
        help: ArgumentHelp("The daemon's configuration file, which says where stores and keys are.", valueName: "file")
    )
    var config: String?

    @Option(help: ArgumentHelp("The state directory, in place of the configured one.", valueName: "path"))
    var stateDir: String?

    @Flag(help: "Compare the backup with its manifest, and change nothing.")
    var check = false

    @OptionGroup var output: OutputOptions

    func run() throws {
        let work = try InterruptibleWork(isJSON: output.json)
        defer { work.finish() }
        let stored = try choose()
        let damage = try work.run { try stored.damage($0) }
        guard damage.isEmpty else { throw try refusal(stored, damage) }
        guard !check else { return try RestoreReport(stored).showCheck(isJSON: output.json) }
        let configuration = try Configuration.load(file: config, overrides: .init(stateDirectory: stateDir))
        let keys = try BackupKeys(stored.manifest, pool: pool, configuration)
        let summary = try work.run { work in
            try BackupRestore(stored, pool: pool, work).restore(to: configuration.store.directory)
        }
        try RestoreReport(stored).show(summary, keys, isJSON: output.json)
    }

    private func choose() throws -> StoredBackup {
        let directory = try BackupDirectory.opening(directory)
        if let backup {
            guard let time = UTCTime(name: backup) else {
                throw CommandError("\"\(backup)\" is no name of a backup; one is like 2026-01-31T04-30-00Z")
            }
            return try StoredBackup(time, in: directory)
        }
        guard let newest = try directory.backups().last else {
            throw CommandError(
                "there are no backups in \(directory.path): name the directory that \"backup\" was given"
            )
        }
        return try StoredBackup(newest, in: directory)
    }

    private func refusal(_ stored: StoredBackup, _ damage: [BackupDamage]) throws -> CommandError {
        struct Line: Encodable {
            let damaged: String
            let kind: BackupDamage.Kind
        }
        for item in damage {
            if output.json {
                try Output.json(Line(damaged: item.path, kind: item.kind))
            } else {
                Output.line("\(item)")
            }
        }
        let first = damage[0]
        let others = damage.count == 1 ? "" : ", and \(HumanText.count(damage.count - 1, "other"))"
        return CommandError(
            "the backup \(stored.name) is damaged: \(first)\(others); nothing was changed, use another backup"
        )
    }
}
