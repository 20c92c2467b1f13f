// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomProcessKit
import CloakroomProtocol
import Foundation
import Testing

/// Backups of a daemon that runs, and what they are good for.
@Suite(.timeLimit(.minutes(10))) struct BackupTests {
    private let bench: BackupBench
    private var daemon: DaemonProcess { bench.daemon }

    init() throws { bench = try BackupBench() }

    @Test func lostStoreComesBack() throws {
        try bench.start()
        try daemon.write(sessions: 1000, "a")
        let key = try #require(daemon.keys().first).id
        let made = try bench.backup()
        #expect(made.status == 0, "\(made.output)")
        #expect(made.output.contains("1,000 sessions; needs \(key)"), "\(made.output)")
        let name = try #require(bench.backups().first)
        #expect(made.output.contains("backup \(name): "))
        #expect(try bench.secondOpinion(of: name).status == 0)
        #expect(daemon.stop() == 0)
        try FileManager.default.removeItem(atPath: bench.store)

        let restored = try bench.restore()
        #expect(restored.status == 0, "\(restored.output)")
        #expect(restored.output.contains("restored backup \(name), made \(name.prefix(10)) "), "\(restored.output)")
        #expect(restored.output.contains("needs key \(key), which \(daemon.keyFile) has"), "\(restored.output)")
        #expect(restored.output.contains("sessions that were ended since"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: daemon.stateDirectory) == ["rocksdb"])
        try bench.start()
        #expect(try daemon.lost(of: 1000, "a") == 0)
        #expect(!daemon.log.contains("warning"), "\(daemon.log)")
    }

    @Test func storeOfBeforeIsKeptAndCanBePutBack() throws {
        try bench.start()
        try daemon.write(sessions: 10, "a")
        try bench.made()
        try daemon.write(sessions: 10, "b")
        #expect(daemon.stop() == 0)
        let restored = try bench.restore("--json")
        #expect(restored.status == 0, "\(restored.output)")
        let kept = try FileManager.default.contentsOfDirectory(atPath: daemon.stateDirectory).filter { $0 != "rocksdb" }
        #expect(kept.count == 1 && kept[0].hasPrefix("rocksdb.before-restore-2"), "\(kept)")
        #expect(restored.output.contains("\"kept\":\"\(daemon.stateDirectory)/\(kept[0])\""), "\(restored.output)")
        try bench.start()
        #expect(try daemon.lost(of: 10, "a") == 0)
        #expect(try daemon.lost(of: 10, "b") == 10)
        #expect(daemon.stop() == 0)

        try FileManager.default.removeItem(atPath: bench.store)
        try FileManager.default.moveItem(atPath: "\(daemon.stateDirectory)/\(kept[0])", toPath: bench.store)
        try bench.start()
        #expect(try daemon.lost(of: 10, "b") == 0)
    }

    @Test func unchangedTablesAreSharedAndEachBackupIsCompleteInItself() throws {
        try bench.start()
        try daemon.write(sessions: 2000, "a")
        try bench.restart()
        let first = try bench.made()
        try daemon.write(sessions: 10, "b")
        let outcome = try bench.backup()
        #expect(outcome.status == 0, "\(outcome.output)")
        let second = try #require(bench.backups().last)
        #expect(first != second)
        let files = try bench.files(of: second)
        let shared = try files.filter { try inode(first, $0) == inode(second, $0) }
        #expect(shared.contains { $0.hasSuffix(".sst") }, "\(files)")
        #expect(shared.allSatisfy { $0.hasSuffix(".sst") }, "\(shared)")
        try FileManager.default.removeItem(atPath: "\(bench.directory)/\(first)")
        #expect(try bench.secondOpinion(of: second).status == 0)
        #expect(daemon.stop() == 0)
        try bench.restored()
        try bench.start()
        #expect(try daemon.lost(of: 2000, "a") + daemon.lost(of: 10, "b") == 0)
    }

    /// `nil`: there is no such file.
    private func inode(_ backup: String, _ file: String) throws -> UInt? {
        var status = stat()
        return stat("\(bench.directory)/\(backup)/\(file)", &status) == 0 ? status.st_ino : nil
    }

    @Test func tableOfTheSameNameAndSizeWithOtherContentsIsNotShared() throws {
        try bench.start()
        try daemon.write(sessions: 100, "a")
        try bench.restart()
        let first = try bench.made()
        // As if the store had been another one then: the first backup is valid, with other tables of the same names and sizes.
        let place = "\(bench.directory)/\(first)"
        var manifest = try TestFile.text(place + "/manifest.json")
        let tables = try bench.files(of: first).filter { $0.hasSuffix(".sst") }
        #expect(!tables.isEmpty)
        for table in tables {
            let before = try hash("\(place)/\(table)")
            try flip("\(place)/\(table)", at: 100)
            manifest = manifest.replacing(before, with: try hash("\(place)/\(table)"))
        }
        try manifest.write(toFile: place + "/manifest.json", atomically: true, encoding: .utf8)
        try #require(chmod(place + "/manifest.json", 0o600) == 0)
        let line = "\(try hash(place + "/manifest.json"))  manifest.json\n"
        try line.write(toFile: place + "/manifest.sha256", atomically: true, encoding: .utf8)
        #expect(try bench.restore("--check", "--backup", first).status == 0)
        let second = try bench.made()
        for table in tables { #expect(try inode(first, table) != inode(second, table), "\(table)") }
        #expect(daemon.stop() == 0)
        try bench.restored()
        try bench.start()
        #expect(try daemon.lost(of: 100, "a") == 0)
    }

    private func hash(_ path: String) throws -> String {
        String(try DaemonProcess.runOrFail("/usr/bin/sha256sum", [path]).prefix(64))
    }

    @Test func backupsOfStoresThatWereRestoredMeanwhileAreRight() throws {
        try bench.start()
        try daemon.write(sessions: 100, "a")
        let first = try bench.made()
        #expect(daemon.stop() == 0)
        // RocksDB counts files from the same number on, so that tables of different contents have the same names.
        for (number, prefix) in ["b", "c"].enumerated() {
            try bench.restored("--backup", first)
            try bench.start()
            try daemon.write(sessions: 100, prefix)
            try bench.restart()
            try bench.made()
            let checked = try bench.restore("--check")
            #expect(checked.status == 0, "\(checked.output)")
            #expect(try bench.backups().count == number + 2)
            #expect(daemon.stop() == 0)
        }
        let names = try bench.backups()
        for name in names { #expect(try bench.restore("--check", "--backup", name).status == 0) }
        try bench.restored("--backup", names[1])
        try bench.start()
        #expect(try daemon.lost(of: 100, "a") + daemon.lost(of: 100, "b") == 0)
        #expect(try daemon.lost(of: 100, "c") == 100)
    }

    @Test func copyThatTheDiskDamagedIsNotTakenOverIntoTheNextBackup() throws {
        try bench.start()
        try daemon.write(sessions: 2000, "a")
        try bench.restart()
        let first = try bench.made()
        for file in try bench.files(of: first) where file.hasSuffix(".sst") {
            try flip("\(bench.directory)/\(first)/\(file)", at: 100)
        }
        let second = try bench.made()
        #expect(try bench.restore("--check", "--backup", first).status == 1)
        #expect(try bench.restore("--check", "--backup", second).status == 0)
        #expect(try bench.secondOpinion(of: second).status == 0)
    }

    private func flip(_ path: String, at offset: UInt64) throws {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        defer { try? file.close() }
        try file.seek(toOffset: offset)
        let byte = try #require(try file.read(upToCount: 1)?.first)
        try file.seek(toOffset: offset)
        try file.write(contentsOf: [byte ^ 1])
    }

    @Test func oldBackupsAreRemovedAndNothingElse() throws {
        try bench.start()
        try FileManager.default.createDirectory(atPath: bench.directory + "/notes", withIntermediateDirectories: true)
        try #require(chmod(bench.directory, 0o700) == 0)
        try daemon.write(sessions: 10, "a")
        let names = try (0..<4).map { _ in try bench.made() }
        let outcome = try bench.backup("--keep", "2")
        #expect(outcome.status == 0, "\(outcome.output)")
        for name in names.prefix(3) { #expect(outcome.output.contains("removed \(name)\n"), "\(outcome.output)") }
        let left = try bench.backups()
        #expect(left.count == 3 && left.contains(names[3]) && left.contains("notes"), "\(left)")
        for name in left where name != "notes" { #expect(try bench.restore("--check", "--backup", name).status == 0) }
        #expect(try bench.backup("--keep", "0").status == 64)
    }

    @Test func checkpointLastsAsLongAsTheConnection() throws {
        try bench.start()
        try daemon.write(sessions: 10, "a")
        let checkpoint = daemon.stateDirectory + "/checkpoint"
        var client: AdminClient? = try daemon.administrator()
        guard case .checkpoint(let summary)? = try client?.hold(.checkpoint(CheckpointRequest()), progress: { _ in })
        else {
            throw DaemonProcess.Failure(description: "no checkpoint")
        }
        #expect(summary.pools.map(\.directory) == [checkpoint])
        #expect(summary.pools.first?.keys == [try #require(daemon.keys().first).id])
        #expect(FileManager.default.fileExists(atPath: checkpoint + "/CURRENT"))
        let second = try bench.backup()
        #expect(second.status == 1)
        #expect(second.output.contains("another backup is under way"), "\(second.output)")
        #expect(FileManager.default.fileExists(atPath: checkpoint + "/CURRENT"))
        client = nil
        try daemon.await("it goes") { !FileManager.default.fileExists(atPath: checkpoint) }
        try bench.made()

        client = try daemon.administrator()
        _ = try client?.hold(.checkpoint(CheckpointRequest()), progress: { _ in })
        #expect(daemon.stop(SIGKILL) == -SIGKILL)
        #expect(FileManager.default.fileExists(atPath: checkpoint))
        try bench.start()
        #expect(!FileManager.default.fileExists(atPath: checkpoint))
        #expect(try daemon.lost(of: 10, "a") == 0)
    }

    @Test func daemonThatRunsKeepsItsStore() throws {
        try bench.start()
        try daemon.write(sessions: 10, "a")
        try bench.made()
        let outcome = try bench.restore()
        #expect(outcome.status == 1)
        #expect(
            outcome.output.contains("has the store in \(bench.store) open (process \(daemon.pid)"),
            "\(outcome.output)"
        )
        #expect(try FileManager.default.contentsOfDirectory(atPath: daemon.stateDirectory) == ["rocksdb"])
        #expect(try daemon.lost(of: 10, "a") == 0)
        // Comparing takes no lock.
        #expect(try bench.restore("--check").status == 0)
    }

    @Test func placesThatOthersCanChangeOrThatAreInTheStateDirectoryAreRefused() throws {
        try bench.start()
        for path in ["/rocksdb", "/backups", "/../state/backups"] {
            let outcome = try bench.control(["backup", daemon.stateDirectory + path])
            #expect(outcome.status == 1)
            #expect(outcome.output.contains("is inside the state directory"), "\(outcome.output)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: daemon.stateDirectory) == ["rocksdb"])
        try bench.made()
        try #require(chmod(bench.directory, 0o777) == 0)
        for outcome in [try bench.backup(), try bench.restore("--check")] {
            #expect(outcome.status == 1)
            #expect(outcome.output.contains("can be written by others (mode 0777)"), "\(outcome.output)")
        }
        try #require(chmod(bench.directory, 0o700) == 0 && chown(bench.directory, 47_111, 47_111) == 0)
        let foreign = try bench.backup()
        #expect(foreign.status == 1)
        #expect(foreign.output.contains("belongs to user 47111"), "\(foreign.output)")
        let missing = try bench.control(["backup", bench.directory + "/../nowhere/backups"])
        #expect(missing.status == 1)
        #expect(
            missing.output.contains("cannot examine \(bench.directory)/../nowhere/: No such file"),
            "\(missing.output)"
        )
    }

    @Test func whatIsWrittenIsForTheOwnerAloneWhateverTheUmask() throws {
        try bench.start()
        try daemon.write(sessions: 10, "a")
        let outcome = try bench.backup(under: ["/bin/sh", "-c", "umask 0; exec \"$@\"", "sh"])
        #expect(outcome.status == 0, "\(outcome.output)")
        let name = try #require(bench.backups().first)
        // The second opinion is about modes too.
        #expect(try bench.secondOpinion(of: name).output.contains("everything is as it was written"))
        #expect(try mode(of: bench.directory) == 0o700)
        #expect(daemon.stop() == 0)
        try #require(chown(daemon.stateDirectory, 47_111, 47_112) == 0)
        try bench.restored()
        for entry in ["rocksdb"]
            + (try FileManager.default.contentsOfDirectory(atPath: bench.store).map { "rocksdb/\($0)" })
        {
            var status = stat()
            try #require(lstat("\(daemon.stateDirectory)/\(entry)", &status) == 0)
            #expect(status.st_uid == 47_111 && status.st_gid == 47_112, "\(entry)")
            #expect(status.st_mode & 0o777 == (entry == "rocksdb" ? 0o700 : 0o600), "\(entry)")
        }
    }

    private func mode(of path: String) throws -> UInt32 {
        var status = stat()
        try #require(stat(path, &status) == 0)
        return status.st_mode & 0o777
    }

    @Test func keysThatAreNeededAndNotThereAreNamed() throws {
        try bench.start()
        try daemon.write(sessions: 10, "a")
        let old = try #require(daemon.keys().first).id
        #expect(try daemon.control("keys", "add").status == 0)
        let new = try #require(daemon.keys().first).id
        let made = try bench.backup()
        #expect(made.output.contains([old, new].sorted().joined(separator: ", ")), "\(made.output)")
        #expect(daemon.stop() == 0)
        try FileManager.default.removeItem(atPath: daemon.keyFile)
        #expect(try daemon.control("keys", "generate", "--output", daemon.keyFile).status == 0)
        let restored = try bench.restore()
        #expect(restored.status == 0)
        for key in [old, new] {
            #expect(
                restored.output.contains("needs key \(key), which NO configured key file has"),
                "\(restored.output)"
            )
        }
        #expect(throws: DaemonProcess.Failure.self) { try bench.start() }
        #expect(daemon.log.contains("the store was sealed with key"), "\(daemon.log)")
    }

    @Test func wrongUsageIsRefusedByWhatIsWrong() throws {
        try bench.start()
        try daemon.write(sessions: 1, "a")
        let name = try bench.made()
        let cases: [([String], Int32, String)] = [
            (["backup"], 64, "Missing expected argument"),
            (["backup", bench.directory, "--pool", "shop"], 1, "the daemon has no pool \"shop\""),
            (["restore", bench.directory, "--check", "--backup", "yesterday"], 1, "is no name of a backup"),
            (["restore", bench.directory, "--check", "--backup", "2001-01-01T00-00-00Z"], 1, "there are: \(name)"),
            (["restore", "/nowhere/backups"], 1, "No such file"),
            (["restore", daemon.stateDirectory, "--check"], 1, "there are no backups in"),
        ]
        for (arguments, status, text) in cases {
            let outcome = try bench.control(arguments)
            #expect(outcome.status == status, "\(arguments): \(outcome.output)")
            #expect(outcome.output.contains(text), "\(arguments): \(outcome.output)")
        }
        #expect(daemon.stop() == 0)
        let noDaemon = try bench.backup()
        #expect(noDaemon.status == 2)
        let pool = try bench.restore("--pool", "shop")
        #expect(pool.status == 1)
        #expect(pool.output.contains("has no pool \"shop\"; its pools are: default"), "\(pool.output)")
        let missing = try bench.control(["restore", bench.directory, "--state-dir", daemon.directory.path(of: "none")])
        #expect(missing.status == 1)
        #expect(missing.output.contains("install -d -m 0700"), "\(missing.output)")
        try #require(chmod(daemon.stateDirectory, 0o750) == 0)
        #expect(try bench.restore().output.contains("is open to other users"))
    }

    @Test func progressAndResultAreJSONIfAskedFor() throws {
        try bench.start()
        try daemon.write(sessions: 10, "a")
        for outcome in [try bench.backup("--json"), try bench.restore("--check", "--json")] {
            let lines = outcome.output.split(separator: "\n")
            #expect(lines.count > 1)
            for line in lines {
                let value = try? JSONSerialization.jsonObject(with: Data(line.utf8))
                #expect(value is [String: Any], "\(line)")
            }
            #expect(
                outcome.output.contains("\"phase\":\"\(outcome.output.contains("checked") ? "comparing" : "copying")\"")
            )
        }
    }
}
