// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import CloakroomCrypto
import Glibc
import Testing

@testable import CloakroomServer

@Suite struct KeyFileTests {
    private let directory: TemporaryDirectory
    private let key = Array("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\n".utf8)

    init() throws {
        try SecureHeap.prepare()
        directory = try TemporaryDirectory()
    }

    private func refusal(_ file: KeyFile) -> KeySourceError? {
        #expect(throws: KeySourceError.self) { try file.contents() }
    }

    @Test(arguments: [0o600, 0o400, 0o700])
    func fileThatOnlyItsOwnerCanReadIsRead(mode: Int) throws {
        let path = try directory.file("key", key, mode: mode)
        let contents = try KeyFile(path: path, rule: .file).contents()
        #expect(contents.withUnsafeBytes { Array($0) } == key)
    }

    @Test(arguments: [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644, 0o660, 0o777])
    func fileThatOthersCanGetAtIsRefused(mode: Int) throws {
        let path = try directory.file("key", key, mode: mode)
        let error = refusal(KeyFile(path: path, rule: .file))
        #expect(error?.code == .permissions)
        #expect(
            error?.message
                == "the key file \(path) has mode 0\(String(mode, radix: 8)), so others than its owner can get at the key: "
                + "chmod 600 \(path)"
        )
    }

    @Test func fileOfAnotherUserIsRefused() throws {
        let path = try directory.file("key", key)
        try #require(chown(path, 12_345, 0) == 0)
        let error = refusal(KeyFile(path: path, rule: .file))
        #expect(error?.code == .permissions)
        #expect(
            error?.message
                == "the key file \(path) belongs to user id 12345, who could change it: chown \(geteuid()) \(path)"
        )
    }

    @Test func missingFileSaysHowToMakeOne() {
        let error = refusal(KeyFile(path: directory.path + "/key", rule: .file))
        #expect(error?.code == .missing)
        #expect(
            error?.message == "the key file \(directory.path)/key is missing: "
                + "make one with: umask 077; openssl rand -base64 32 > \(directory.path)/key"
        )
    }

    @Test func symbolicLinkIsRefused() throws {
        let path = directory.path + "/link"
        try #require(symlink(try directory.file("key", key), path) == 0)
        let error = refusal(KeyFile(path: path, rule: .file))
        #expect(error?.code == .contents)
        #expect(error?.message == "the key file \(path) is a symbolic link: name the file itself")
    }

    @Test func directoryAndFIFOAreRefusedWithoutWaiting() throws {
        #expect(refusal(KeyFile(path: directory.path, rule: .file))?.code == .contents)
        let fifo = directory.path + "/fifo"
        try #require(mkfifo(fifo, 0o600) == 0)
        #expect(refusal(KeyFile(path: fifo, rule: .file))?.code == .contents)
    }

    @Test func emptyAndTooLargeFilesAreRefused() throws {
        #expect(refusal(KeyFile(path: try directory.file("empty", []), rule: .file))?.code == .contents)
        let large = [UInt8](repeating: 0x41, count: 4097)
        #expect(refusal(KeyFile(path: try directory.file("large", large), rule: .file))?.code == .contents)
        let largest = try directory.file("largest", large.dropLast())
        #expect(try KeyFile(path: largest, rule: .file).contents().count == 4096)
    }

    @Test func credentialMayShowTheMaskOfAnAccessControlList() throws {
        let listed = try directory.file("listed", key, mode: 0o440)
        #expect(try KeyFile(path: listed, rule: .credential).contents().count == key.count)
        for mode in [0o444, 0o460, 0o420, 0o410] {
            let open = try directory.file("open", key, mode: mode)
            #expect(refusal(KeyFile(path: open, rule: .credential))?.code == .permissions)
        }
        let missing = refusal(KeyFile(path: directory.path + "/nothing", rule: .credential))
        #expect(
            missing?.message == "the key file \(directory.path)/nothing is missing: "
                + "check LoadCredential= of the service, and the file that it names"
        )
    }
}
