// SPDX-License-Identifier: Apache-2.0

/// Whether processes can read the memory of others of their user.
struct PtraceCheck: AuditCheck {
    static let codes = ["ptrace-open"]

    func findings(on host: AuditedHost) -> [Finding] {
        let file = "/proc/sys/kernel/yama/ptrace_scope"
        guard !Container.isOne(host.tree), host.tree.text(of: file)?.hasPrefix("0") == true else { return [] }
        return [
            host.finding(
                "ptrace-open",
                .info,
                "kernel, ptrace",
                FileLocation(file),
                "processes may read the memory of others of the same user (as Debian has it). Workers of PHP-FPM are exempt unless "
                    + "process.dumpable is on, and so is cloakroomd; scripts of PHP that run by themselves are not",
                "kernel.yama.ptrace_scope = 1 in a file of /etc/sysctl.d, then: sysctl --system"
            )
        ]
    }
}
