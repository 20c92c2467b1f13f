// SPDX-License-Identifier: Apache-2.0

/// Whether a host is a container, whose kernel is that of another host.
enum Container {
    /// Left by systemd for container managers that follow its interface, by Docker, and by Podman.
    private static let marks = ["/run/systemd/container", "/.dockerenv", "/run/.containerenv"]

    static func isOne(_ tree: HostTree) -> Bool { marks.contains { tree.status(of: $0) != nil } }
}
