// SPDX-License-Identifier: Apache-2.0

// Without Foundation, whose libraries are too much for valgrind.
import Glibc

/// A new directory of mode 0700 in `TMPDIR`. `run.sh` removes them all, also after a crash.
enum TemporaryDirectory {
    static func make() throws -> String {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/cloakroom-micro-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil, let resolved = realpath(template, nil) else {
            throw WorkloadError("a temporary directory in \(parent): \(String(cString: strerror(errno)))")
        }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
