// SPDX-License-Identifier: Apache-2.0

public import CloakroomAdmin
import CloakroomCore
import CloakroomCrypto
public import CloakroomSessions
import CloakroomStatus
import Logging

/// Carries out what administrators ask of the daemon.
public struct Administration: AdminResponder {
    private let pools: [AdministeredPool]
    let members: PoolMembers
    private let rotations: Rotations
    private let reloader: Reloader
    private let clock: any SessionClock
    let status: StatusReporter
    let checkpoints: Checkpoints

    /// - Parameter clock: the one that the pools go by.
    public init(
        pools: [AdministeredPool],
        members: PoolMembers,
        rotations: Rotations,
        reloader: Reloader,
        clock: any SessionClock,
        status: StatusReporter,
        checkpoints: Checkpoints
    ) {
        self.status = status
        self.pools = pools
        self.members = members
        self.rotations = rotations
        self.reloader = reloader
        self.clock = clock
        self.checkpoints = checkpoints
    }

    /// Carries out a request, and answers it.
    public func answer(_ request: AdminRequest, _ replies: any AdminReplies) async -> AdminReply {
        do {
            switch request {
            case .keyrings(let name): return .keyrings(try selected(name).map(summary))
            case .keys(let name): return .keys(try await keys(of: selected(name)))
            case .rotate(let name, let wait): return try await rotate(pool(name), wait: wait, replies)
            case .interrupt(let name): return .interrupted(rotations.interrupt(try pool(name).name))
            case .retire(let name, let key): return .retirement(try await retire(key, of: pool(name)))
            case .reload: return .reloaded(try await reloader.reload().get())
            case .import(let request): return .import(try await `import`(request, into: pool(request.pool)))
            case .status(let request): return try await answer(request, replies)
            case .sessions(let request): return .sessions(try await answer(request, replies))
            case .checkpoint(let request): return try await checkpoint(selected(request.pool), replies)
            }
        } catch let error as AdminError {
            return .error(error)
        } catch {
            return .error(AdminError(.failed, "\(error)"))
        }
    }

    func selected(_ name: String?) throws -> [AdministeredPool] { try name.map { [try pool($0)] } ?? pools }

    private func pool(_ name: String) throws -> AdministeredPool {
        if let pool = pools.first(where: { $0.name.text == name }) { return pool }
        let known = pools.map(\.name.text).joined(separator: ", ")
        throw AdminError(.unknownPool, "the daemon has no pool \"\(name)\"; its pools are: \(known)")
    }

    private func summary(of pool: AdministeredPool) -> KeyringSummary {
        let source = pool.keys.source
        return KeyringSummary(
            pool: pool.name.text,
            keys: pool.sessions.keyIDs.map(\.description),
            sources: source.sources.map(\.description),
            editableFile: source.editableFile,
            reloads: source.rereadsOnReload,
            rotating: pool.sessions.isRotating
        )
    }

    private func keys(of pools: [AdministeredPool]) async throws -> [PoolKeys] {
        var result: [PoolKeys] = []
        for pool in pools {
            let read = pool.keys
            let keys = try await pool.sessions.keyReports().map { report in
                PoolKeys.Key(
                    id: "\(report.id)",
                    role: report.isSealing ? .seals : report.isInKeyring ? .opens : .missing,
                    age: report.firstSeen.map { age(since: $0) },
                    records: report.records,
                    addressKey: report.sealsAddressKey,
                    source: report.isInKeyring ? read.origin(of: report.id) : nil
                )
            }
            result.append(PoolKeys(pool: pool.name.text, keys: keys))
        }
        return result
    }

    private func age(since time: UnixTime) -> UInt64 {
        let now = clock.now().seconds
        return now > time.seconds ? now - time.seconds : 0
    }

    private func rotate(
        _ pool: AdministeredPool,
        wait: Bool,
        _ replies: any AdminReplies
    ) async throws -> AdminReply {
        let name = pool.name.text
        guard wait else {
            _ = rotations.start(pool)
            return .rotation(RotationEnd(pool: name, outcome: .started, key: sealingKey(of: pool)))
        }
        let gate = ProgressGate()
        let task = rotations.start(pool) { step in
            if gate.opens() { replies.report(WorkStep(name, step)) }
        }
        switch try await task.value {
        case .complete(let count):
            let key = sealingKey(of: pool)
            return .rotation(RotationEnd(pool: name, outcome: .complete, key: key, resealed: count))
        case .interrupted:
            return .rotation(RotationEnd(pool: name, outcome: .interrupted, key: sealingKey(of: pool)))
        }
    }

    private func sealingKey(of pool: AdministeredPool) -> String { pool.sessions.keyIDs.first?.description ?? "" }

    private func retire(_ text: String, of pool: AdministeredPool) async throws -> Retirement {
        let name = pool.name.text
        guard let id = pool.sessions.keyIDs.first(where: { $0.description == text }) else {
            return Retirement(pool: name, key: text, outcome: .unknown)
        }
        switch try await pool.sessions.retire(id) {
        case .retired: return Retirement(pool: name, key: text, outcome: .retired)
        case .needed(let records, let addressKey):
            return Retirement(pool: name, key: text, outcome: .needed, records: records, addressKey: addressKey)
        case .seals: return Retirement(pool: name, key: text, outcome: .seals)
        case .unknown: return Retirement(pool: name, key: text, outcome: .unknown)
        case .rotating: return Retirement(pool: name, key: text, outcome: .rotating)
        }
    }
}

extension WorkStep {
    fileprivate init(_ pool: String, _ progress: RotationProgress) {
        self.init(
            pool: pool,
            phase: progress.phase == .resealing ? .resealing : .compacting,
            done: progress.done,
            total: progress.total,
            changed: progress.resealed
        )
    }
}
