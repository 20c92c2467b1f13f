// SPDX-License-Identifier: Apache-2.0

extension AdminAccess {
    /// What a configuration means.
    ///
    /// - Parameter group: the group whose members are admitted; `nil`: none.
    /// - Throws: ``ConfigurationError`` when a user cannot be looked up.
    public init(_ configuration: Configuration, group: UInt32?) throws(ConfigurationError) {
        var users: Set<UInt32> = []
        for name in configuration.server.users {
            do throws(ConfigurationError) {
                users.insert(try UserDirectory.userID(of: name, setting: "server.users"))
            } catch {
                // A user of the default list need not exist.
                guard !configuration.explicit.contains("server.users") else { throw error }
            }
        }
        self.init(group: group, clientUsers: users)
    }
}
