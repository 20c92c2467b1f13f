// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto

/// The environment variables of this process that have keys. Each can be read once only, but is asked for at every reload,
/// and two pools may name the same one; so its keys are kept.
enum KeyVariables {
    private static let taken = Locked<[String: [MasterKey]]>([:])
    private static let known = Locked<Set<String>>([])

    /// The keys of a variable, which `read` finds the first time.
    static func keys(of name: String, read: () throws -> [MasterKey]) throws -> [MasterKey] {
        if let keys = taken.withLock({ $0[name] }) { return keys }
        let keys = try read()
        taken.withLock { $0[name] = keys }
        return keys
    }

    /// Notes that a variable has a key, so that no command gets to see it, even one that runs before it is read.
    static func note(_ names: some Sequence<String>) {
        let names = Array(names)
        known.withLock { $0.formUnion(names) }
    }

    /// The variables that were noted.
    static var names: Set<String> { known.withLock { $0 } }
}
