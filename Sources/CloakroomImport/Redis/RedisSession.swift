// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin

/// A session in Redis that was read.
final class RedisSession: ImportOriginal {
    /// Removes the value if it is still what was read and no request has its lock, in one step (Redis manual, "EVAL"). A key that is gone
    /// counts as removed: SCAN may show one twice.
    private static let removal = """
        if redis.call('EXISTS', KEYS[2]) == 1 then return 2 end
        local value = redis.call('GET', KEYS[1])
        if value == false then return 1 end
        if value ~= ARGV[1] then return 0 end
        redis.call('DEL', KEYS[1])
        return 1
        """

    let place: ImportPlace
    let session: ImportedSession

    private let key: [UInt8]
    private let connection: RedisConnection

    init(_ session: ImportedSession, key: [UInt8], place: ImportPlace, _ connection: RedisConnection) {
        self.session = session
        self.key = key
        self.place = place
        self.connection = connection
    }

    func remove() -> ImportReason? {
        let command = ["EVAL", Self.removal, "2"].map { Array($0.utf8) }
        let arguments = [key, PhpredisKeys.lock(of: key), session.data]
        do throws(ImportError) {
            switch try connection.ask(command + arguments) {
            case .integer(1): return nil
            case .integer(2): return PhpredisKeys.inUse
            case .integer: return ImportReason(.changed, "it changed since it was read; run the import again")
            case .error(let text): return failure(text)
            default: return failure("Redis did not say what it did")
            }
        } catch {
            return failure(error.message)
        }
    }

    private func failure(_ text: String) -> ImportReason {
        ImportReason(.notRemoved, "it is imported, and cannot be removed: \(text)")
    }
}
