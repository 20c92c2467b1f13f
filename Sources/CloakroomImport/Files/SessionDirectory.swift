// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Glibc

/// An open directory. Names in it are bytes, as they need not be text.
final class SessionDirectory {
    let descriptor: Int32
    /// For people.
    let path: String
    /// Whether something was removed from it.
    var isChanged = false

    /// Opens a directory; its last component is no link, unless it is where the search begins.
    init(path: String) throws(ImportError) {
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        self.path = path
        guard descriptor >= 0 else {
            throw ImportError("the directory \(path) cannot be opened: \(SystemMessage.text(errno))")
        }
    }

    /// Opens a directory in a directory; `nil`, with `errno`, when it cannot be.
    init?(_ name: [CChar], in parent: SessionDirectory) {
        descriptor = openat(parent.descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        path = parent.path + "/" + String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        if descriptor < 0 { return nil }
    }

    deinit {
        guard descriptor >= 0 else { return }
        // What was removed is not to come back when the machine fails.
        if isChanged { fsync(descriptor) }
        close(descriptor)
    }

    /// All names, each ended by a zero byte, but for `.` and `..`; and how many. Names are taken down before anything is removed, as
    /// nobody says what readdir(3) does otherwise.
    func names() throws(ImportError) -> (bytes: [CChar], count: Int) {
        // A descriptor of its own, as closedir(3) closes it, with a position of its own.
        let own = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard own >= 0, let stream = fdopendir(own) else {
            let number = errno
            if own >= 0 { close(own) }
            throw ImportError("the directory \(path) cannot be read: \(SystemMessage.text(number))")
        }
        defer { closedir(stream) }
        var names: [CChar] = []
        var count = 0
        while true {
            errno = 0
            guard let entry = readdir(stream) else { break }
            let length = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { name in
                    let length = strlen(name)
                    guard !(length == 1 && name[0] == 46), !(length == 2 && name[0] == 46 && name[1] == 46) else {
                        return 0
                    }
                    names.append(contentsOf: UnsafeBufferPointer(start: name, count: length + 1))
                    return length
                }
            }
            if length > 0 { count += 1 }
        }
        guard errno == 0 else {
            throw ImportError("the directory \(path) cannot be read: \(SystemMessage.text(errno))")
        }
        return (names, count)
    }
}
