// SPDX-License-Identifier: Apache-2.0

import CRocksDB
import CloakroomStore

extension StoreError {
    /// The fault behind a status text of RocksDB (`rocksdb/status.h`). RocksDB leaves keys and values out of its texts
    /// unless `allow_data_in_errors` is set, which it is not.
    ///
    /// - Parameters:
    ///   - status: what RocksDB said.
    ///   - action: what was tried, as in "writing a record".
    init(status: String, while action: String) {
        if status.hasPrefix("Corruption") {
            self.init(.corruption, "\(action): stored data is damaged (\(status)); check the disk and restore a backup")
        } else if status.contains("No space left") {
            self.init(
                .space,
                "\(action): the disk is full (\(status)); free at least 200 MB: a daemon that runs resumes within "
                    + "seconds, one that does not start can be started again"
            )
        } else if status.hasPrefix("Resource busy") {
            self.init(.busy, "\(action): the store is busy (\(status)); try again")
        } else {
            self.init(
                .inputOutput,
                "\(action) failed (\(status)); check the disk and the kernel log: a daemon that runs resumes within "
                    + "seconds once the cause is gone, one that does not start can be started again"
            )
        }
    }

    /// Whether a table file cannot be read. RocksDB takes no more writes when it finds that while it compacts, and would
    /// find it again.
    var isDamagedTable: Bool {
        message.contains(".sst") && (code == .corruption || message.contains("While pread"))
    }

    /// The fault of an open that failed.
    init(openStatus status: String, directory: String) {
        // Not any fault of the file LOCK: on a read-only or full file system nobody else need have it.
        if status.hasPrefix("IO error"), status.contains("While lock file") || status.contains("lock hold by") {
            self.init(.busy, "another cloakroomd has \(directory) open (\(status)); stop it, or use another directory")
        } else if status.hasPrefix("Invalid argument") {
            self.init(
                .format,
                "\(directory) holds a store this version does not read (\(status)); use the version that wrote it, "
                    + "or an empty directory"
            )
        } else {
            self.init(status: status, while: "opening the store in \(directory)")
        }
    }
}

/// Where RocksDB's C functions leave an error: text that the caller frees, or `nil`.
typealias StatusPointer = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

/// Calls a function of RocksDB, and answers its result or the text of its error.
func outcome<Value>(_ call: (StatusPointer) -> Value) -> (value: Value, status: String?) {
    var text: UnsafeMutablePointer<CChar>?
    let value = call(&text)
    guard let text else { return (value, nil) }
    defer { rocksdb_free(text) }
    return (value, String(cString: text))
}

/// Calls a function of RocksDB, and throws its error as a fault.
@discardableResult
func checked<Value>(_ action: StaticString, _ call: (StatusPointer) -> Value) throws(StoreError) -> Value {
    let (value, status) = outcome(call)
    if let status { throw StoreError(status: status, while: "\(action)") }
    return value
}
