// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import CloakroomProtocol
import Foundation
import Testing

/// A backup that is not as it was written is refused by the name of what is wrong with it, and nothing is touched.
@Suite(.timeLimit(.minutes(10))) struct BackupDamageTests {
    private let bench: BackupBench
    private let backup: String
    private let state: [String: Data]

    init() throws {
        bench = try BackupBench("[pools.shop]\nunix_users = [47112]\n")
        try bench.start()
        try bench.daemon.write(sessions: 300, "a")
        try bench.restart()
        backup = try bench.made()
        #expect(bench.daemon.stop() == 0)
        state = try bench.stateContents()
    }

    private func path(_ file: String) -> String { "\(bench.directory)/\(backup)/\(file)" }

    private func expectRefusal(_ what: String, naming name: String) throws {
        let outcome = try bench.restore()
        #expect(outcome.status == 1, "\(what): \(outcome.output)")
        #expect(outcome.output.contains("damaged"), "\(what): \(outcome.output)")
        #expect(outcome.output.contains(name), "\(what): \(outcome.output)")
    }

    /// The file that a message names: the manifest if either of its files is changed.
    private func named(_ file: String) -> String { file.hasPrefix("manifest") ? "manifest." : file }

    @Test func everyFileCounts() throws {
        let files = try bench.files(of: backup)
        #expect(files.contains { $0.hasSuffix(".sst") } && files.contains { $0.hasPrefix("state/pools/shop/") })
        for file in files {
            let contents = try Data(contentsOf: URL(fileURLWithPath: path(file)))
            let write = { (changed: Data) in try changed.write(to: URL(fileURLWithPath: path(file))) }
            if !contents.isEmpty {
                var flipped = contents
                flipped[contents.count / 2] ^= 1
                try write(flipped)
                try expectRefusal("\(file) flipped", naming: named(file))
                try write(contents.dropLast())
                try expectRefusal("\(file) truncated", naming: named(file))
                try write(Data())
                try expectRefusal("\(file) emptied", naming: named(file))
            }
            try write(contents + Data([0]))
            try expectRefusal("\(file) lengthened", naming: named(file))
            try FileManager.default.removeItem(atPath: path(file))
            try expectRefusal("\(file) removed", naming: file)
            try FileManager.default.createSymbolicLink(atPath: path(file), withDestinationPath: "/dev/zero")
            try expectRefusal("\(file) a link", naming: file)
            try FileManager.default.removeItem(atPath: path(file))
            try FileManager.default.createDirectory(atPath: path(file), withIntermediateDirectories: false)
            try expectRefusal("\(file) a directory", naming: file)
            try FileManager.default.removeItem(atPath: path(file))
            try #require(mkfifo(path(file), 0o600) == 0)
            try expectRefusal("\(file) a FIFO", naming: file)
            try FileManager.default.removeItem(atPath: path(file))
            try write(contents)
        }
        #expect(try bench.stateContents() == state)
        #expect(try bench.restore().status == 0)
    }

    @Test func whatDoesNotBelongThereIsNamed() throws {
        for directory in [
            "", "state/", "state/rocksdb/", "state/pools/", "state/pools/shop/", "state/pools/shop/rocksdb/",
        ] {
            let file = directory + "000099.sst"
            try Data().write(to: URL(fileURLWithPath: path(file)))
            try expectRefusal("additional file", naming: "\(file): additional")
            try FileManager.default.removeItem(atPath: path(file))
            try FileManager.default.createDirectory(atPath: path(file), withIntermediateDirectories: false)
            try expectRefusal("additional directory", naming: "\(file): additional")
            try FileManager.default.removeItem(atPath: path(file))
        }
        for directory in ["state/pools/shop/rocksdb", "state/pools", "state"] {
            try FileManager.default.removeItem(atPath: path(directory))
            try expectRefusal("missing directory", naming: "\(directory): missing")
        }
        #expect(try bench.stateContents() == state)
    }

    @Test func everythingThatIsWrongIsListed() throws {
        let tables = try bench.files(of: backup).filter { $0.hasSuffix("CURRENT") }
        #expect(tables.count == 2)
        for file in tables { try FileManager.default.removeItem(atPath: path(file)) }
        let outcome = try bench.restore("--check", "--json")
        #expect(outcome.status == 1)
        for file in tables {
            #expect(outcome.output.contains("{\"damaged\":\"\(file)\",\"kind\":\"missing\"}"), "\(outcome.output)")
        }
        let opinion = try bench.secondOpinion(of: backup)
        #expect(opinion.status == 1 && opinion.output.contains("\(tables[0]): missing"))
    }

    @Test func manifestOfALaterFormatSaysWhatToDo() throws {
        let manifest = try TestFile.text(path("manifest.json")).replacing("\"format\":1", with: "\"format\":2")
        try manifest.write(toFile: path("manifest.json"), atomically: true, encoding: .utf8)
        let hash = try DaemonProcess.run("/usr/bin/sha256sum", [path("manifest.json")]).output.prefix(64)
        try "\(hash)  manifest.json\n".write(toFile: path("manifest.sha256"), atomically: true, encoding: .utf8)
        let outcome = try bench.restore()
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("is of format 2, and this version reads format 1"), "\(outcome.output)")
        #expect(try bench.stateContents() == state)
    }
}
