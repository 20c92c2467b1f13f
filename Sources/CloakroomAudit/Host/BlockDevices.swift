// SPDX-License-Identifier: Apache-2.0

/// What the kernel says of block devices below `/sys/class/block`.
struct BlockDevices: Sendable {
    /// Devices that stand on each other: a volume on a group on an encrypted partition on an array on a disk.
    private static let mostLayers = 8

    private let tree: HostTree

    init(in tree: HostTree) { self.tree = tree }

    /// Whether all that is written to a device is encrypted (dm-crypt), by it or by every one that it stands on.
    ///
    /// - Parameter path: such as `/dev/dm-0`, or a link to it.
    func isEncrypted(_ path: String) -> Bool {
        let resolved = tree.target(of: path)?.path ?? path
        return isEncrypted(name: String(resolved.split(separator: "/").last ?? ""), layers: Self.mostLayers)
    }

    private func isEncrypted(name: String, layers: Int) -> Bool {
        guard layers > 0, !name.isEmpty else { return false }
        let directory = "/sys/class/block/\(name)"
        if let id = tree.text(of: directory + "/dm/uuid"), id.hasPrefix("CRYPT-") { return true }
        let below = tree.names(in: directory + "/slaves") ?? []
        return !below.isEmpty && below.allSatisfy { isEncrypted(name: $0, layers: layers - 1) }
    }
}
