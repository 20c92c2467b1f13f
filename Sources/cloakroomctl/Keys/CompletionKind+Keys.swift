// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CloakroomAdmin

extension CompletionKind {
    /// The ids of the keys that do not seal, for a shell. Nothing when the daemon cannot be asked at once.
    static let olderKeys = CompletionKind.custom { _, _, _ in
        guard let options = try? ConnectionOptions.parse([]),
            let client = try? AdminClient(path: options.path, patience: .seconds(1)),
            let keyrings = try? client.keyrings()
        else { return [] }
        return keyrings.flatMap { $0.keys.dropFirst() }
    }
}
