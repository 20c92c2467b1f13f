// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Reading of files as a whole.
public enum TestFile {
    /// Its text.
    ///
    /// - Throws: what the file system said.
    public static func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    /// Its bytes, also of a file in `/proc`, whose size is not known.
    ///
    /// - Throws: what the file system said.
    public static func bytes(_ path: String) throws -> [UInt8] {
        guard let file = FileHandle(forReadingAtPath: path) else { throw CocoaError(.fileReadNoSuchFile) }
        return Array(try file.readToEnd() ?? Data())
    }
}
