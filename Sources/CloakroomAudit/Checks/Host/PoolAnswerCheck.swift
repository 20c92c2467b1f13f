// SPDX-License-Identifier: Apache-2.0

/// Whether running pools of PHP-FPM do what the files say.
struct PoolAnswerCheck: AuditCheck {
    static let codes = [
        "pool-settings-differ", "prepend-not-in-effect", "handler-not-in-effect", "daemon-not-reached", "pool-late",
        "pool-failed",
        "pool-not-running", "pool-not-asked",
    ]

    func findings(on host: AuditedHost) -> [Finding] {
        host.observed.pools.flatMap { observed -> [Finding] in
            let runtime = observed.runtime
            switch observed.outcome {
            case .answered(let answer): return answered(answer, runtime, host)
            case .notAsked(let reason):
                return [
                    finding("pool-not-asked", .info, runtime, "the running pool was not asked: \(reason)", Self.byHand)
                ]
            // VisibilityCheck says so.
            case .notAllowed: return []
            case .notRunning:
                return [
                    finding(
                        "pool-not-running",
                        .info,
                        runtime,
                        "nobody listens on \(runtime.pool?.listen ?? ""): whether the pool does what its files say was not looked at",
                        "start PHP-FPM and run the audit again"
                    )
                ]
            case .late:
                return [
                    finding(
                        "pool-late",
                        .low,
                        runtime,
                        "the pool has not answered within \(PoolProbe.limit.components.seconds) s: it is stopped or busy, or waits for the daemon",
                        "see PHP-FPM's log and its status page, then run the audit again"
                    )
                ]
            case .failed(let reason):
                return [
                    finding(
                        "pool-failed",
                        .medium,
                        runtime,
                        "the pool does not run the audit's question: \(reason)",
                        Self.byHand
                    )
                ]
            }
        }
    }

    private static let byHand = "look at phpinfo() in the pool, then take that page away again"

    private func finding(
        _ code: String,
        _ severity: Severity,
        _ runtime: PHPRuntime,
        _ reason: String,
        _ remedy: String
    ) -> Finding {
        runtime.finding(code, severity, at: runtime.pool?.location, reason, remedy)
    }

    private func answered(_ answer: ProbeAnswer, _ runtime: PHPRuntime, _ host: AuditedHost) -> [Finding] {
        differences(answer, runtime) + prepend(answer, runtime, host)
    }

    private func differences(_ answer: ProbeAnswer, _ runtime: PHPRuntime) -> [Finding] {
        let named = SettingsComparison.differences(runtime.settings, answer)
        guard !named.isEmpty else { return [] }
        let list = named.map { "\($0.name)\($0.running.map { " is \"\($0)\"" } ?? "")" }.joined(separator: ", ")
        return [
            runtime.finding(
                "pool-settings-differ",
                .medium,
                at: named.first.map { runtime.settings.location(of: $0.name) },
                "the running pool does not have what the files say: \(list). They were changed after PHP-FPM had read them, or "
                    + "something that this audit does not see sets them; all that it says of this pool is about the files",
                "systemctl reload php\(runtime.version)-fpm, then run the audit again"
            )
        ]
    }

    private func prepend(_ answer: ProbeAnswer, _ runtime: PHPRuntime, _ host: AuditedHost) -> [Finding] {
        guard host.isPrepended(runtime) else { return [] }
        let location = runtime.settings.location(of: "auto_prepend_file")
        func finding(_ code: String, _ severity: Severity, _ reason: String, _ remedy: String) -> [Finding] {
            [runtime.finding(code, severity, at: location, reason, remedy)]
        }
        guard answer.prepended else {
            return finding(
                "prepend-not-in-effect",
                .high,
                "Cloakroom's file is configured and has not run in the pool: its sessions are kept in plain text as before",
                "systemctl reload php\(runtime.version)-fpm, and "
                    + runtime.settings.line(
                        "auto_prepend_file",
                        runtime.settings.text("auto_prepend_file", default: "")
                    )
            )
        }
        guard answer.handler else {
            return finding(
                "handler-not-in-effect",
                .high,
                "Cloakroom's file has run, and is not the save handler: sessions of this pool are not kept in Cloakroom",
                "see PHP-FPM's log for a warning that begins with \"Cloakroom:\""
            )
        }
        guard let reason = answer.daemon, !reason.isEmpty else { return [] }
        return finding(
            "daemon-not-reached",
            .medium,
            "Cloakroom is in effect and does not reach the daemon, so the pool has no sessions: \(PlainText.line(reason))",
            "systemctl status cloakroomd.socket cloakroomd; the user \(runtime.pool?.user ?? "") has to be in server.users or in a pool"
        )
    }
}
