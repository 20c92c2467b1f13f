// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomCrypto

extension AdminClient {
    /// Which keys the pools have, or one of them.
    func keyrings(_ pool: String? = nil) throws -> [KeyringSummary] {
        let reply = try ask(.keyrings(pool: pool))
        guard case .keyrings(let summaries) = reply else { throw CommandError.unexpected(reply) }
        return summaries
    }

    func keyring(_ pool: String) throws -> KeyringSummary {
        guard let summary = try keyrings(pool).first else { throw CommandError("the daemon has no pool \"\(pool)\"") }
        return summary
    }

    func reload() throws -> ReloadSummary {
        let reply = try ask(.reload)
        guard case .reloaded(let summary) = reply else { throw CommandError.unexpected(reply) }
        return summary
    }
}

extension KeyringSummary {
    /// The sources as a text.
    var origin: String { sources.joined(separator: ", ") }

    /// Opens the key file for a change. The daemon names it, and could name any: it must have one of the daemon's keys.
    func edit(_ file: String) throws -> KeyFileEdit {
        let edit = try KeyFileEdit(path: file)
        guard try edit.text.ids().contains(where: { keys.contains("\($0)") }) else {
            throw CommandError(
                "\(file) has none of the keys that the daemon has: reload or restart the daemon first, if the file was changed"
            )
        }
        return edit
    }

    /// What makes a change of the sources take effect.
    var step: String { reloads ? "cloakroomctl reload" : "systemctl restart cloakroomd" }
}
