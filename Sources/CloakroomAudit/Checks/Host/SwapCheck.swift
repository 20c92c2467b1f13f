// SPDX-License-Identifier: Apache-2.0

/// Whether memory with sessions can reach a disk unencrypted.
struct SwapCheck: AuditCheck {
    static let codes = ["swap-unencrypted"]

    func findings(on host: AuditedHost) -> [Finding] {
        guard !Container.isOne(host.tree) else { return [] }
        let devices = BlockDevices(in: host.tree)
        let lines = (host.tree.text(of: "/proc/swaps") ?? "").split(separator: "\n").dropFirst()
        return lines.compactMap { line in
            let fields = line.split { $0 == " " || $0 == "\t" }.map(String.init)
            guard fields.count >= 2, !isSafe(fields[0], fields[1], host, devices) else { return nil }
            return host.finding(
                "swap-unencrypted",
                .low,
                "kernel, swap",
                FileLocation(fields[0]),
                "swap is on and not encrypted: sessions that PHP and the daemon have in memory can be written to the disk and stay there. "
                    + "(The daemon's keys cannot: their memory is locked.)",
                "encrypt it: a line in /etc/crypttab with the options swap,cipher=aes-xts-plain64 and the key /dev/urandom; or "
                    + "MemorySwapMax=0 for cloakroomd.service and the unit of PHP-FPM, and swapoff"
            )
        }
    }

    private func isSafe(_ path: String, _ type: String, _ host: AuditedHost, _ devices: BlockDevices) -> Bool {
        // In memory, unless it is told to write back.
        if path.hasPrefix("/dev/zram") {
            let backing = host.tree.text(of: "/sys/block/\(path.dropFirst(5))/backing_dev") ?? "none"
            return backing.hasPrefix("none")
        }
        if type != "file" { return devices.isEncrypted(path) }
        return host.mounts.mount(of: path).map { devices.isEncrypted($0.source) } ?? false
    }
}
