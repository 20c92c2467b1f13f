// SPDX-License-Identifier: Apache-2.0

/// Says when what belongs to the kernel was not looked at.
struct KernelCheck: AuditCheck {
    static let codes = ["kernel-of-another-host", "kernel-not-seen"]

    func findings(on host: AuditedHost) -> [Finding] {
        if Container.isOne(host.tree) {
            return [
                host.finding(
                    "kernel-of-another-host",
                    .info,
                    "kernel",
                    nil,
                    "this is a container: swap, core dumps and ptrace are the business of the host that it runs on, and were not "
                        + "looked at",
                    "run the audit there, too"
                )
            ]
        }
        guard host.tree.status(of: "/proc/swaps") == nil || host.tree.status(of: "/proc/sys/fs") == nil else {
            return []
        }
        return [
            host.finding(
                "kernel-not-seen",
                .info,
                "kernel",
                FileLocation("/proc"),
                "there is no /proc: swap, core dumps, ptrace, mounts and what is running were not looked at",
                "run the audit on the host itself"
            )
        ]
    }
}
