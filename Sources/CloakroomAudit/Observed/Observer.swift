// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import Glibc

/// Asks the running host for what is in no file.
public struct Observer: Sendable {
    private let tree: HostTree
    private static let patience = Duration.seconds(3)

    /// - Parameter tree: the files of this host.
    public init(tree: HostTree) { self.tree = tree }

    /// Asks systemd, the daemon if it runs, and the pools of FPM.
    ///
    /// Nothing is started by it but what a request of PHP starts, too.
    public func observations(of runtimes: [PHPRuntime], _ cloakroom: CloakroomInstallation) -> Observations {
        var observations = Observations()
        guard tree.isThisHost else { return observations }
        if cloakroom.isInUse, cloakroom.unit != nil { observations.exposure = exposure() }
        // Asked before the pools, of which one may start the daemon by its socket.
        if isRunning("cloakroomd") { observations.daemon = daemon(at: cloakroom.adminSocketPath) }
        let probe = PoolProbe(tree: tree)
        observations.pools = runtimes.filter { $0.pool != nil }.map { .init(runtime: $0, outcome: probe.ask($0)) }
        return observations
    }

    private func daemon(at path: String) -> Observations.Daemon {
        do {
            return .running(version: try AdminClient(path: path, patience: Self.patience).greeting.daemon)
        } catch {
            if error.code == .permission { return .notAllowed }
            // Also one that has greeted, with another version than this program's.
            return .silent(reason: PlainText.line(error.message))
        }
    }

    private func isRunning(_ name: String) -> Bool {
        (tree.names(in: "/proc") ?? []).contains { entry in
            UInt32(entry) != nil && tree.text(of: "/proc/\(entry)/comm") == name + "\n"
        }
    }

    /// The figure of "systemd-analyze security"; `nil` where systemd does not run.
    private func exposure() -> Double? {
        guard tree.status(of: "/run/systemd/system")?.kind == .directory else { return nil }
        let command =
            "LC_ALL=C exec timeout 10 systemd-analyze security --no-pager \(CloakroomInstallation.service) 2> /dev/null"
        guard let stream = popen(command, "re") else { return nil }
        defer { pclose(stream) }
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while text.count < 65_536 {
            let count = fread(&chunk, 1, chunk.count, stream)
            guard count > 0 else { break }
            text += chunk[..<count]
        }
        return Self.exposure(in: String(decoding: text, as: UTF8.self))
    }

    /// The number in `→ Overall exposure level for cloakroomd.service: 0.4 SAFE`.
    package static func exposure(in text: String) -> Double? {
        let mark = "Overall exposure level for \(CloakroomInstallation.service): "
        guard let start = text.firstRange(of: mark)?.upperBound else { return nil }
        return text[start...].split(separator: " ").first.flatMap { Double($0) }
    }
}
