// SPDX-License-Identifier: Apache-2.0

import CloakroomCore

/// A search that is done when somebody first asks for it.
final class DocumentSearchCache: Sendable {
    private let result = Locked<DocumentSearch?>(nil)

    func value(in tree: HostTree, roots: [String]) -> DocumentSearch {
        result.withLock { result in
            if let result { return result }
            let search = DocumentSearch(in: tree, roots: roots)
            result = search
            return search
        }
    }
}
