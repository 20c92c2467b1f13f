// SPDX-License-Identifier: Apache-2.0

import CloakroomSystem

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

    private static func number(_ text: String) -> UInt32? { AccountDirectory.number(text) }

    private static func user(_ name: String) throws(ConfigurationError) -> UInt32? {
        do throws(AccountDirectory.Failure) { return try AccountDirectory.user(named: name) } catch {
            throw ConfigurationError(.user, error.description)
        }
    }

    private static func group(_ name: String) throws(ConfigurationError) -> UInt32? {
        do throws(AccountDirectory.Failure) { return try AccountDirectory.group(named: name) } catch {
            throw ConfigurationError(.user, error.description)
        }
    }
}
