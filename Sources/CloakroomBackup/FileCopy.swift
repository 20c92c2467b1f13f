// SPDX-License-Identifier: Apache-2.0

import CloakroomCrypto

/// What a file was found to be while it was read.
struct FileContents: Equatable {
    let size: Int
    let sha256: String
}

extension BackupWork {
    /// Reads a file as a whole.
    func read(_ file: FileDescriptor) throws -> FileContents { try pass(file) { _ in } }

    /// Copies a file as a whole, and waits until the disk has the copy.
    func copy(_ file: FileDescriptor, to copy: FileDescriptor) throws -> FileContents {
        let contents = try pass(file) { try copy.write($0) }
        try copy.synchronize()
        return contents
    }

    private func pass(_ file: FileDescriptor, _ body: (UnsafeRawBufferPointer) throws -> Void) throws -> FileContents {
        let hash = try SHA256Hash()
        var size = 0
        while true {
            let count = try file.read(into: buffer)
            guard count > 0 else { break }
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            try hash.update(bytes)
            try body(bytes)
            size += count
            try advance(count)
        }
        return FileContents(size: size, sha256: try hash.finish())
    }
}

extension BackupManifest.File {
    var contents: FileContents { FileContents(size: size, sha256: sha256) }

    init(name: String, _ contents: FileContents) {
        self.init(name: name, size: contents.size, sha256: contents.sha256)
    }
}
