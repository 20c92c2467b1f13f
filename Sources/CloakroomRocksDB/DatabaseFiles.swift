// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStore
import Glibc

/// Looks at the files of a database before RocksDB opens it, for damage that RocksDB would take for an older or an empty
/// database: it would then remove the files that it believes are not in use.
struct DatabaseFiles {
    private let path: String
    private let directory: String
    private let names: [String]
    private static let manifestPrefix = "MANIFEST-"

    /// Lists the files.
    ///
    /// - Parameters:
    ///   - path: the database's directory.
    ///   - directory: the state directory, for messages.
    init(path: String, directory: String) throws(StoreError) {
        self.path = path
        self.directory = directory
        guard let stream = opendir(path) else {
            throw StoreError(.directory, "cannot list \(path): \(SystemMessage.text(errno)); check its owner")
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
                }
            )
        }
        self.names = names.sorted()
    }

    /// Checks what RocksDB does not.
    ///
    /// - Returns: warnings for the operator: damage to the newest log, which costs what was written after it.
    /// - Throws: ``StoreError/Code/corruption`` when the database would not be opened as it was left.
    func check() throws(StoreError) -> [String] {
        try checkManifest()
        for log in logs.dropLast() {
            // RocksDB would go on with the next log, and so apply later changes without earlier ones.
            if let offset = damage(in: log) { throw damaged(log, at: offset) }
        }
        guard let log = logs.last, let offset = damage(in: log) else { return [] }
        return ["the write-ahead log \(log) is damaged at byte \(offset); what was written after it is lost"]
    }

    /// What there is to say about a log that RocksDB would not replay to its end; to be asked before it opens the
    /// database without that.
    func tornLogWarning() -> String? {
        for log in logs {
            guard let (offset, size) = tear(in: log) else { continue }
            return "the write-ahead log \(log) ends in a record that is not whole: its last \(size - offset) of "
                + "\(size) bytes, the changes of the last moments, were dropped; what came before is there. After a power failure "
                + "or a restore that is to be expected; otherwise check the disk"
        }
        return nil
    }

    private func tear(in name: String) -> (offset: Int, size: Int)? {
        guard let descriptor = openFile(name) else { return nil }
        defer { close(descriptor) }
        let size = Int(lseek(descriptor, 0, SEEK_END))
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: LogFraming.blockSize, alignment: 16)
        defer { block.deallocate() }
        for start in stride(from: 0, to: size, by: block.count) {
            let count = pread(descriptor, block.baseAddress, block.count, off_t(start))
            guard count > 0 else { return (start, size) }
            if let offset = LogFraming.firstTornRecord(in: UnsafeRawBufferPointer(rebasing: block[..<count])) {
                return (start + offset, size)
            }
        }
        return nil
    }

    /// In the order of their numbers, which are padded to six digits and grow beyond.
    private var logs: [String] {
        names.filter { $0.hasSuffix(".log") }.sorted { ($0.count, $0) < ($1.count, $1) }
    }

    private func checkManifest() throws(StoreError) {
        guard names.contains("CURRENT") else {
            // It is there before the first log is.
            guard names.contains(where: { $0.hasSuffix(".sst") || $0.hasSuffix(".log") }) else { return }
            throw StoreError(
                .corruption,
                "the file CURRENT is missing from \(path), which holds data; check the disk and restore a backup"
            )
        }
        guard let manifest = manifestName, let offset = damage(in: manifest) else { return }
        throw damaged(manifest, at: offset)
    }

    /// The manifest that CURRENT names, which is the one that RocksDB reads, or `nil` when it names none.
    private var manifestName: String? {
        guard let descriptor = openFile("CURRENT") else { return nil }
        defer { close(descriptor) }
        let contents = [UInt8](unsafeUninitializedCapacity: 64) { buffer, count in
            count = max(read(descriptor, buffer.baseAddress, buffer.count), 0)
        }
        let name = String(decoding: contents.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        return names.contains(name) && name.hasPrefix(Self.manifestPrefix) ? name : nil
    }

    /// Opens a file to read, or answers `nil`: RocksDB says what is wrong with a file that cannot be opened.
    private func openFile(_ name: String) -> Int32? {
        let descriptor = open(path + "/" + name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        return descriptor >= 0 ? descriptor : nil
    }

    private func damaged(_ name: String, at offset: Int) -> StoreError {
        StoreError(
            .corruption,
            "opening the store in \(directory): the file \(path)/\(name) is damaged at byte \(offset); "
                + "check the disk and restore a backup"
        )
    }

    /// The offset of the first damage in a log or manifest that RocksDB does not notice.
    private func damage(in name: String) -> Int? {
        guard let descriptor = openFile(name) else { return nil }
        defer { close(descriptor) }
        let isManifest = name.hasPrefix(Self.manifestPrefix)
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: LogFraming.blockSize, alignment: 16)
        defer { block.deallocate() }
        var start = 0
        while true {
            let count = pread(descriptor, block.baseAddress, block.count, off_t(start))
            guard count > 0 else { return nil }
            switch LogFraming.examine(UnsafeRawBufferPointer(rebasing: block[..<count]), isManifest: isManifest) {
            case .records: start += block.count
            case .damage(let offset): return start + offset
            case .end: return nil
            }
        }
    }
}
