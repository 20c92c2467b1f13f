// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Glibc

/// Users and groups of the system, by name or number.
public enum UserDirectory {
    /// The user id of a user.
    ///
    /// - Parameter setting: the setting that names the user, for messages.
    /// - Throws: ``ConfigurationError`` when there is no such user.
    public static func userID(of name: String, setting: String) throws(ConfigurationError) -> UInt32 {
        if let number = number(name) { return number }
        guard let id = try user(name) else {
            throw ConfigurationError(.user, "\(setting): there is no user \"\(name)\": create it, or name another")
        }
        return id
    }

    /// The group id of a group.
    ///
    /// - Parameter setting: the setting that names the group, for messages.
    /// - Throws: ``ConfigurationError`` when there is no such group.
    public static func groupID(of name: String, setting: String) throws(ConfigurationError) -> UInt32 {
        if let number = number(name) { return number }
        guard let id = try group(name) else {
            throw ConfigurationError(.user, "\(setting): there is no group \"\(name)\": create it, or name another")
        }
        return id
    }

    // All ones is "no user" to the kernel, not an id.
    private static func number(_ text: String) -> UInt32? {
        guard text.allSatisfy(\.isASCII), text.first != "+", let number = UInt32(text), number != .max else {
            return nil
        }
        return number
    }

    private static func user(_ name: String) throws(ConfigurationError) -> UInt32? {
        try lookUp(name) { buffer, size in
            var entry = passwd()
            var found: UnsafeMutablePointer<passwd>?
            let code = getpwnam_r(name, &entry, buffer, size, &found)
            return (code, found?.pointee.pw_uid)
        }
    }

    private static func group(_ name: String) throws(ConfigurationError) -> UInt32? {
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
    ) throws(ConfigurationError) -> UInt32? {
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
                throw ConfigurationError(.user, "\"\(name)\" cannot be looked up: \(SystemMessage.text(answer.code))")
            }
        }
        throw ConfigurationError(.user, "\"\(name)\" cannot be looked up: its entry is too large")
    }
}
