// SPDX-License-Identifier: Apache-2.0

import CloakroomCore

/// The names of files in a directory of sessions.
enum SessionFileName {
    /// What PHP's `files` handler puts in front of an id.
    static let prefix = Array("sess_".utf8)
    /// What the files of sessions are called that are imported and about to be removed. PHP does not take them for sessions.
    static let remainsPrefix = ".cloakroom-imported-"

    /// The id in a name; `nil` when it is not a session's.
    static func id(in name: ArraySlice<CChar>) -> String? {
        let bytes = name.map(UInt8.init(bitPattern:))
        guard bytes.starts(with: prefix) else { return nil }
        let id = bytes.dropFirst(prefix.count)
        return SessionID.isValid(id) ? String(decoding: id, as: UTF8.self) : nil
    }

    /// Whether it is one of a session that is imported already.
    static func isRemains(_ name: ArraySlice<CChar>) -> Bool {
        name.lazy.map(UInt8.init(bitPattern:)).starts(with: remainsPrefix.utf8)
    }

    /// What a file is called until it is removed.
    static func remains(inode: UInt64) -> String { remainsPrefix + String(inode) }
}
