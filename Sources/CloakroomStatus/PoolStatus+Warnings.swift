// SPDX-License-Identifier: Apache-2.0

extension PoolStatus {
    /// What of it wants attention.
    public var warnings: [StatusWarning] {
        [
            ofReading, ofWriting, ofFailedWrite, ofSlowness, ofBackgroundErrors, ofDisk, ofRoom, ofLocks, ofKeys,
            ofRotation,
            ofCounting, ofStopping,
        ].compactMap(\.self)
    }

    private func warning(
        _ code: StatusWarning.Code,
        as severity: StatusWarning.Severity = .warning,
        _ message: String
    ) -> StatusWarning {
        StatusWarning(code, as: severity, pool: pool, message)
    }

    private var ofReading: StatusWarning? {
        store.readable ? nil : warning(.storeUnreadable, "the store cannot be read: \(store.fault ?? "see the log")")
    }

    private var ofWriting: StatusWarning? {
        guard store.readable, store.writes == .refused else { return nil }
        return warning(.storeRefusesWrites, "the store takes no writes: \(store.fault ?? "see the log")")
    }

    private var ofFailedWrite: StatusWarning? {
        guard deferralObstacles.contains(.storeFailed), store.writes != .refused else { return nil }
        return warning(
            .writeFailed,
            "a request has failed in the store, and no session was written since: see the log (journalctl -u cloakroomd)"
        )
    }

    private var ofSlowness: StatusWarning? {
        switch store.writes {
        case .taken, .refused: nil
        case .slowed:
            warning(.storeSlow, "the disk does not keep up, and the store holds writes back: find what else uses it")
        case .stopped: warning(.storeSlow, "the disk does not keep up, and writes wait for it: find what else uses it")
        }
    }

    private var ofBackgroundErrors: StatusWarning? {
        guard store.backgroundErrors > 0 else { return nil }
        return warning(
            .backgroundErrors,
            "the store's work in the background failed \(store.backgroundErrors) times: check the disk and the kernel log"
        )
    }

    private var ofDisk: StatusWarning? {
        guard let free = store.diskFree, let size = store.diskSize, size > 0 else { return nil }
        let share = Double(free) / Double(size)
        let isLittle = share < StatusThreshold.leastDiskShare && free < StatusThreshold.plentyOfDisk
        guard isLittle || free < StatusThreshold.leastDisk else { return nil }
        return warning(
            .diskNearlyFull,
            "\(free >> 20) MiB are free on the disk of the store, \(Int(share * 100)) % of it: make room, or writes will fail"
        )
    }

    private var ofRoom: StatusWarning? {
        guard let sessions, let bytes else { return nil }
        let limits = [
            sessionLimit.map { (value: sessions, limit: $0, "sessions", "limits.sessions") },
            byteLimit.map { (value: bytes, limit: $0, "bytes of sessions", "limits.total_size") },
        ].compactMap(\.self)
        let fullest = limits.max { Double($0.value) / Double($0.limit) < Double($1.value) / Double($1.limit) }
        guard let (value, limit, what, setting) = fullest,
            Double(value) >= StatusThreshold.nearlyAll * Double(limit)
        else { return nil }
        let isFull = value >= limit || deferralObstacles.contains(.poolFull)
        return warning(
            isFull ? .poolFull : .poolNearlyFull,
            "there are \(value) \(what), and \(setting) allows \(limit)\(isFull ? ": new sessions are refused" : ""); raise it, or "
                + "shorten how long sessions live"
        )
    }

    private var ofLocks: StatusWarning? {
        guard let lock = locks.oldestContended, lock.held >= StatusThreshold.lockHeld else { return nil }
        let request = lock.request.isEmpty ? "" : " (\(lock.request))"
        return warning(
            .lockHeld,
            "process \(lock.pid)\(request) has held the lock of session \(lock.session) for \(lock.held / 1000) s, and "
                + "\(lock.waiting) wait for it: see what that request waits for"
        )
    }

    private var ofKeys: StatusWarning? {
        guard !missingKeys.isEmpty else { return nil }
        return warning(
            .keyMissing,
            "sessions are sealed by keys that are not there, and their users are logged out: add \(missingKeys.joined(separator: ", "))"
                + " behind the first key, and reload"
        )
    }

    private var ofRotation: StatusWarning? {
        rotating ? warning(.rotating, as: .notice, "everything is being sealed by the first key") : nil
    }

    private var ofCounting: StatusWarning? {
        sessions == nil ? warning(.counting, as: .notice, "the sessions are being counted, as after each start") : nil
    }

    private var ofStopping: StatusWarning? {
        deferralObstacles.contains(.stopping) ? warning(.stopping, as: .notice, "the daemon is told to stop") : nil
    }
}
