// SPDX-License-Identifier: Apache-2.0

import CloakroomBackup
import CloakroomCore

/// What is said of a backup that was compared or restored.
struct RestoreReport {
    private struct Checked: Encodable {
        let checked: String
        let created: String
        let version: String
        let bytes: Int
        let pools: [BackedUpPool]
    }

    private struct Restored: Encodable {
        struct Pool: Encodable {
            let pool: String
            let kept: String?
        }

        let restored: String
        let created: String
        let pools: [Pool]
        let keys: [BackupKeys.Key]
        let untouched: [String]
    }

    private let backup: StoredBackup
    private var manifest: BackupManifest { backup.manifest }

    init(_ backup: StoredBackup) { self.backup = backup }

    /// Says that nothing is wrong with it.
    func showCheck(isJSON: Bool) throws {
        guard !isJSON else {
            return try Output.json(
                Checked(
                    checked: backup.name,
                    created: manifest.created.name,
                    version: manifest.version,
                    bytes: manifest.bytes,
                    pools: manifest.pools.map(BackedUpPool.init)
                )
            )
        }
        Output.line("backup \(backup.name), \(age): everything is as it was written, by version \(manifest.version)")
        for pool in manifest.pools { Output.line(BackedUpPool(pool).line) }
    }

    /// Says what was restored, and what to think of now.
    func show(_ summary: RestoreSummary, _ keys: BackupKeys, isJSON: Bool) throws {
        guard !isJSON else {
            return try Output.json(
                Restored(
                    restored: backup.name,
                    created: manifest.created.name,
                    pools: summary.pools.map { .init(pool: $0.pool.name.text, kept: $0.kept) },
                    keys: keys.keys,
                    untouched: summary.untouched
                )
            )
        }
        Output.line("restored backup \(backup.name), \(age)")
        for pool in summary.pools {
            let kept = pool.kept.map { "; the store of before is \($0), remove it once all is well" } ?? ""
            Output.line("pool \(pool.pool.name): restored\(kept)")
        }
        for key in keys.keys { Output.line(Self.line(key)) }
        for pool in summary.untouched { Output.hint("pool \(pool) is not in the backup, and stays as it is") }
        Output.hint(
            "sessions that were ended since \(manifest.created.humanText) are there again until they expire, log-outs included; "
                + "now start the daemon: systemctl start cloakroomd.socket cloakroomd-admin.socket cloakroomd-gate.socket cloakroomd"
        )
    }

    private var age: String {
        let seconds = max(0, UTCTime.now.seconds - manifest.created.seconds)
        return "made \(manifest.created.humanText), \(HumanText.duration(seconds: UInt64(seconds))) ago"
    }

    private static func line(_ key: BackupKeys.Key) -> String {
        let start = "pool \(key.pool) needs key \(key.id)"
        if let file = key.file { return "\(start), which \(file) has" }
        return key.isMissing == true
            ? "\(start), which NO configured key file has: without it the daemon does not start, or those sessions are lost"
            : "\(start): see with \"cloakroomd --check\" that the daemon has it"
    }
}
