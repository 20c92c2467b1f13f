// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import Foundation
import Testing

/// Where the key is in the daemon's memory, and where it is not.
@Suite(.timeLimit(.minutes(10))) struct KeyMemoryTests {
    /// Each source whose contents pass through the daemon in another way.
    private static let sources = ["file", "environment", "command"]

    /// Starts a daemon that has sealed something.
    private func daemon(with source: String) throws -> (DaemonProcess, KeyMaterial) {
        let daemon = try DaemonProcess()
        let key = KeyMaterial(base64: try daemon.keyText)
        switch source {
        case "environment":
            try daemon.start(
                configuration: "[key]\nenvironment = 'CLOAKROOM_KEY'\n",
                environment: ["CLOAKROOM_KEY=\(key.base64)"]
            )
        case "command":
            try daemon.start(configuration: "[key]\ncommand = ['/bin/cat', '\(daemon.keyFile)']\n")
        default:
            try daemon.start(configuration: "[key]\nfile = '\(daemon.keyFile)'\n")
        }
        #expect(try daemon.client().write("contents".utf8, to: session("alice"), version: 0).version != nil)
        return (daemon, key)
    }

    @Test(arguments: sources)
    func keyIsNeitherInTheEnvironmentNorInTheArguments(source: String) throws {
        let (daemon, key) = try daemon(with: source)
        for file in ["environ", "cmdline"] {
            // Foundation reads no more than the beginning of a file whose size is told as 0.
            let contents = try DaemonProcess.runOrFail("/usr/bin/cat", ["/proc/\(daemon.pid)/\(file)"])
            #expect(!contents.isEmpty)
            #expect(!key.isIn(contents), "the key is in \(file)")
        }
        #expect(!key.isIn(daemon.log))
    }

    /// A mapping of the process: its addresses, and its lines in smaps (proc(5)).
    private struct Mapping {
        let addresses: Range<UInt64>
        let lines: [Substring]

        func value(_ name: String) -> String? {
            lines.first { $0.hasPrefix(name + ":") }?.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces)
        }

        var flags: Set<String> { Set((value("VmFlags") ?? "").split(separator: " ").map(String.init)) }
    }

    private func mappings(of pid: Int32) throws -> [Mapping] {
        var mappings: [Mapping] = []
        for line in try DaemonProcess.runOrFail("/usr/bin/cat", ["/proc/\(pid)/smaps"]).split(separator: "\n") {
            if let match = line.prefixMatch(of: #/([0-9a-f]+)-([0-9a-f]+) /#), let begin = UInt64(match.1, radix: 16),
                let end = UInt64(match.2, radix: 16)
            {
                mappings.append(Mapping(addresses: begin..<end, lines: []))
            } else if let last = mappings.popLast() {
                mappings.append(Mapping(addresses: last.addresses, lines: last.lines + [line]))
            }
        }
        return mappings
    }

    /// The mappings of a process that have the key.
    private func places(of key: KeyMaterial, in pid: Int32, _ mappings: [Mapping]) throws -> [Mapping] {
        let memory = open("/proc/\(pid)/mem", O_RDONLY | O_CLOEXEC)
        try #require(memory >= 0)
        defer { close(memory) }
        var total = 0
        let places = mappings.filter { mapping in
            guard mapping.flags.contains("rd") else { return false }
            var contents = Data(count: mapping.addresses.count)
            contents.withUnsafeMutableBytes { contents in
                // In steps, as one page that is not there ends a reading.
                for start in stride(from: 0, to: contents.count, by: 65_536) {
                    let part = contents[start..<min(start + 65_536, contents.count)]
                    let address = off_t(mapping.addresses.lowerBound) + off_t(start)
                    total += max(
                        0,
                        pread(memory, UnsafeMutableRawBufferPointer(rebasing: part).baseAddress, part.count, address)
                    )
                }
            }
            return key.isIn(contents)
        }
        try #require(total > 64 << 20, "only \(total) bytes of the process can be read")
        return places
    }

    @Test(arguments: sources)
    func keyIsOnlyInMemoryThatIsLockedAndLeftOutOfCoreDumps(source: String) throws {
        let (daemon, key) = try daemon(with: source)
        let mappings = try mappings(of: daemon.pid)
        let places = try places(of: key, in: daemon.pid, mappings)
        #expect(places.count == 1, "the key is in \(places.count) mappings")
        let heap = try #require(places.first)
        #expect(heap.flags.isSuperset(of: ["lo", "dd"]), "locked, and not dumped: \(heap.flags)")
        #expect(heap.value("Swap") == "0 kB")
        #expect(heap.value("Size") == "4096 kB")
        // Each page is locked from the moment that it is used for the first time (mlock2(2), MLOCK_ONFAULT).
        #expect(heap.value("Locked") == heap.value("Rss"))
    }

    /// Even root, who may trace the daemon, gets a dump without the key unless he asks for the memory that is left out.
    @Test(arguments: sources)
    func coreDumpByADebuggerHasNoKey(source: String) throws {
        let (daemon, key) = try daemon(with: source)
        let core = daemon.directory.path(of: "core")
        let dumped = try DaemonProcess.run("/usr/bin/gcore", ["-o", core, "\(daemon.pid)"])
        #expect(dumped.status == 0, "\(dumped.output)")
        let contents = try Data(contentsOf: URL(filePath: "\(core).\(daemon.pid)"), options: .alwaysMapped)
        // It is the daemon's memory: what is no secret is there.
        #expect(contents.contains(Data(daemon.stateDirectory.utf8)))
        #expect(!key.isIn(contents))

        guard source == "file" else { return }
        // The same search finds it where it is.
        let all = try DaemonProcess.run("/usr/bin/gcore", ["-a", "-o", core + "-all", "\(daemon.pid)"])
        #expect(all.status == 0, "\(all.output)")
        let everything = try Data(contentsOf: URL(filePath: "\(core)-all.\(daemon.pid)"), options: .alwaysMapped)
        #expect(everything.contains(Data(key.bytes)))
    }
}
