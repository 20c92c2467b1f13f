// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Glibc

/// Users and groups of the system by name (getpwnam_r(3), getgrnam_r(3)).
package enum AccountDirectory {
    /// Why a name could not be looked up.
    package struct Failure: Error, Equatable, CustomStringConvertible {
        /// What the system says.
        package let description: String
    }

    /// The group with a name, or a number as it is; `nil` when there is no such group.
    ///
    /// - Throws: ``Failure``
    package static func groupID(of text: String) throws(Failure) -> UInt32? {
        if let number = number(text) { return number }
        return try group(named: text)
    }

    /// A number that a user or a group is named by; `nil` when the text is a name.
    package static func number(_ text: String) -> UInt32? {
        // All ones is "no user" to the kernel, not an id.
        guard text.allSatisfy(\.isASCII), text.first != "+", let number = UInt32(text), number != .max else {
            return nil
        }
        return number
    }

    /// The id of a user; `nil` when there is none.
    ///
    /// - Throws: ``Failure``
    package static func user(named name: String) throws(Failure) -> UInt32? {
        try lookUp(name) { buffer, size in
            var entry = passwd()
            var found: UnsafeMutablePointer<passwd>?
            let code = getpwnam_r(name, &entry, buffer, size, &found)
            return (code, found?.pointee.pw_uid)
        }
    }

    /// The id of a group; `nil` when there is none.
    ///
    /// - Throws: ``Failure``
    package static func group(named name: String) throws(Failure) -> UInt32? {
        try lookUp(name) { buffer, size in
            var entry = Glibc.group()
            var found: UnsafeMutablePointer<Glibc.group>?
            let code = getgrnam_r(name, &entry, buffer, size, &found)
            return (code, found?.pointee.gr_gid)
        }
    }

    private static func lookUp(
        _ name: String,
        _ call: (UnsafeMutablePointer<CChar>, Int) -> (code: Int32, id: UInt32?)
    ) throws(Failure) -> UInt32? {
        // A group may have thousands of members; beyond this something is broken.
        for size in sequence(first: 1024, next: { $0 < 1 << 20 ? $0 * 4 : nil }) {
            let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: size)
            defer { buffer.deallocate() }
            let answer = call(buffer, size)
            switch answer.code {
            // Some of the manual page's ways to say "not found".
            case 0, ENOENT, ESRCH: return answer.id
            case ERANGE, EINTR: continue
            default:
                throw Failure(description: "\"\(name)\" cannot be looked up: \(SystemMessage.text(answer.code))")
            }
        }
        throw Failure(description: "\"\(name)\" cannot be looked up: its entry is too large")
    }
}
