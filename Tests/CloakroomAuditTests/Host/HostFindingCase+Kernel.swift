// SPDX-License-Identifier: Apache-2.0

import CloakroomAudit

extension HostFindingCase {
    private static func swap(_ tree: CloakroomTree, _ line: String) throws {
        try tree.append("/proc/swaps", line + "\n")
    }

    static let kernel: [HostFindingCase] = [
        HostFindingCase(
            "swap-unencrypted",
            .low,
            shows: { try swap($0, "/dev/dm-1                               partition\t1000\t0\t-2") },
            // Memory, and a volume whose group is on an encrypted partition.
            lacks: { tree in
                try swap(tree, "/dev/zram0                              partition\t1000\t0\t100")
                try swap(tree, "/dev/dm-1                               partition\t1000\t0\t-2")
                try tree.file("/sys/class/block/dm-1/dm/uuid", "LVM-abc\n")
                try tree.directory("/sys/class/block/dm-1/slaves/dm-0")
                try tree.file("/sys/class/block/dm-0/dm/uuid", "CRYPT-LUKS2-abc-root\n")
            }
        ),
        HostFindingCase(
            "core-dumps-of-all",
            .medium,
            shows: { try $0.file("/proc/sys/fs/suid_dumpable", "1\n") },
            lacks: { try $0.file("/proc/sys/fs/suid_dumpable", "2\n") }
        ),
        HostFindingCase(
            "core-dumps-kept",
            .info,
            shows: { tree in
                try tree.file("/proc/sys/fs/suid_dumpable", "2\n")
                try tree.file("/proc/sys/kernel/core_pattern", "|/lib/systemd/systemd-coredump %P\n")
            },
            lacks: { try $0.file("/proc/sys/kernel/core_pattern", "|/lib/systemd/systemd-coredump %P\n") }
        ),
        HostFindingCase(
            "ptrace-open",
            .info,
            shows: { try $0.file("/proc/sys/kernel/yama/ptrace_scope", "0\n") },
            lacks: { try $0.remove("/proc/sys/kernel/yama/ptrace_scope") }
        ),
        HostFindingCase(
            "kernel-of-another-host",
            .info,
            // What is wrong with the kernel is not said then.
            shows: { tree in
                try tree.file("/run/systemd/container", "systemd-nspawn\n")
                try swap(tree, "/dev/sda2                               partition\t1000\t0\t-2")
                try tree.file("/proc/sys/fs/suid_dumpable", "1\n")
                try tree.file("/proc/sys/kernel/yama/ptrace_scope", "0\n")
            },
            lacks: { try $0.directory("/run/systemd/system") }
        ),
        HostFindingCase(
            "kernel-not-seen",
            .info,
            shows: { try $0.remove("/proc") },
            lacks: { try $0.remove("/proc/sys/kernel/yama") }
        ),
    ]
}
