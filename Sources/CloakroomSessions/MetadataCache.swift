// SPDX-License-Identifier: Apache-2.0

import CloakroomCore

/// The opened metadata of sessions that were used lately, so that a request for one of them neither derives its metadata
/// key nor opens its metadata again. It gives nothing away: whoever could read it in memory could read the master key,
/// which opens all metadata. What opens a body, the session id or a key made from it, is not kept.
///
/// Only true to a store that nobody else writes. Whoever changes a record holds its latch and keeps this up to date.
final class MetadataCache: Sendable {
    /// Two generations: when the younger is full it becomes the elder, and the elder goes.
    private struct Generations {
        var young: [SessionAddress: OpenedMetadata] = [:]
        var old: [SessionAddress: OpenedMetadata] = [:]
        var lookups = MetadataLookups()
    }

    private let generations = Locked(Generations())
    private let capacity: Int

    /// A cache of at most `capacity` sessions, each of which takes two blocks of 32 bytes of the secure heap.
    init(capacity: Int) { self.capacity = capacity }

    /// What is known of a session.
    subscript(address: SessionAddress) -> OpenedMetadata? {
        generations.withLock { $0.young[address] ?? $0.old[address] }
    }

    /// As the subscript, for somebody who would else read the store; it counts.
    func lookUp(_ address: SessionAddress) -> OpenedMetadata? {
        generations.withLock { generations in
            let known = generations.young[address] ?? generations.old[address]
            if known == nil { generations.lookups.misses += 1 } else { generations.lookups.hits += 1 }
            return known
        }
    }

    /// How many were looked up since the start.
    var lookups: MetadataLookups { generations.withLock { $0.lookups } }

    /// Notes what the store has now.
    func note(_ opened: OpenedMetadata, at address: SessionAddress) {
        let dropped = generations.withLock { generations -> [SessionAddress: OpenedMetadata]? in
            generations.young[address] = opened
            guard generations.young.count > capacity / 2 else { return nil }
            defer {
                generations.old = generations.young
                generations.young = [:]
            }
            return generations.old
        }
        // Wiping thousands of keys takes a millisecond, for which no request shall wait.
        if let dropped { Task.detached(priority: .background) { withExtendedLifetime(dropped) {} } }
    }

    /// The sessions of which something is kept that meets a condition.
    func addresses(where isIncluded: (OpenedMetadata) -> Bool) -> [SessionAddress] {
        let (young, old) = generations.withLock { ($0.young, $0.old) }
        return [young, old].flatMap { $0.filter { isIncluded($0.value) }.keys }
    }

    /// Notes something else for a session that is known, and leaves it as old as it is.
    func replace(_ opened: OpenedMetadata, at address: SessionAddress) {
        generations.withLock { generations in
            if generations.young[address] != nil { generations.young[address] = opened }
            if generations.old[address] != nil { generations.old[address] = opened }
        }
    }

    /// Notes that the store may have something else now.
    func forget(_ address: SessionAddress) {
        generations.withLock { generations in
            generations.young[address] = nil
            generations.old[address] = nil
        }
    }
}
