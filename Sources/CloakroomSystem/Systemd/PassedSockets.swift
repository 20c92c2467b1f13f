// SPDX-License-Identifier: Apache-2.0

/// What `LISTEN_PID`, `LISTEN_FDS` and `LISTEN_FDNAMES` say (sd_listen_fds(3)), before any descriptor is touched.
package struct PassedSockets: Equatable {
    /// A descriptor and what it is for.
    package struct Entry: Equatable {
        package let name: String
        package let descriptor: Int32
    }

    /// The first descriptor that is passed: SD_LISTEN_FDS_START.
    static let firstDescriptor: Int32 = 3
    /// More than anybody passes, and far from any overflow.
    static let maxCount: Int32 = 1024

    package let entries: [Entry]

    /// Nothing, when the variables are not set or meant for another process.
    ///
    /// - Throws: ``SystemdError`` when they contradict themselves.
    package init(pid: String?, count: String?, names: String?, ownPID: Int32) throws(SystemdError) {
        guard let pid, let count else {
            entries = []
            return
        }
        guard let number = Int32(pid), number > 0 else {
            throw SystemdError(.environment, "LISTEN_PID is not a process id: \"\(pid)\"")
        }
        // Inherited from a parent that was activated itself.
        guard number == ownPID else {
            entries = []
            return
        }
        guard let total = Int32(count), (0...Self.maxCount).contains(total) else {
            throw SystemdError(.environment, "LISTEN_FDS is not a number from 0 to \(Self.maxCount): \"\(count)\"")
        }
        let given = names.map { $0.split(separator: ":", omittingEmptySubsequences: false).map(String.init) }
        if let given, given.count != Int(total) {
            throw SystemdError(
                .environment,
                "LISTEN_FDNAMES has \(given.count) names, but LISTEN_FDS says that there are \(total) sockets"
            )
        }
        entries = (0..<total).map { index in
            Entry(name: given?[Int(index)] ?? "unknown", descriptor: Self.firstDescriptor + index)
        }
    }

    /// The entries under the names that we know.
    ///
    /// A socket whose unit does not name it has the unit's own name, or `unknown` with other managers
    /// (systemd.socket(5), `FileDescriptorName=`). One such socket alone is taken for `defaultName`.
    ///
    /// - Throws: ``SystemdError`` for a name that is not known.
    package func resolved(known: Set<String>, defaultName: String) throws(SystemdError) -> [Entry] {
        if entries.count == 1, let only = entries.first, Self.isUnnamed(only.name) {
            return [Entry(name: defaultName, descriptor: only.descriptor)]
        }
        if let stranger = entries.first(where: { !known.contains($0.name) }) {
            let names = known.sorted().map { "FileDescriptorName=\($0)" }.joined(separator: ", ")
            throw SystemdError(
                .socket,
                "systemd passes a socket named \"\(stranger.name)\", which is not known: set one of \(names) in its socket unit"
            )
        }
        return entries
    }

    private static func isUnnamed(_ name: String) -> Bool {
        name.isEmpty || name == "unknown" || name.hasSuffix(".socket")
    }
}
