// SPDX-License-Identifier: Apache-2.0

import CloakroomAudit
import CloakroomProcessKit
import Foundation
import Testing

@Suite struct HostTreeTests {
    private let directory: TemporaryDirectory
    private let tree: HostTree

    init() throws {
        directory = try TemporaryDirectory()
        tree = HostTree(root: directory.path + "/")
        try FileManager.default.createDirectory(atPath: directory.path(of: "etc"), withIntermediateDirectories: false)
        _ = try directory.file("etc/a", "text".utf8, mode: 0o640)
    }

    private func link(_ path: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: directory.path(of: path),
            withDestinationPath: target
        )
    }

    @Test func filesAreFoundFromTheRootOfTheTree() throws {
        #expect(tree.text(of: "/etc/a") == "text")
        #expect(tree.status(of: "/etc/a")?.mode == 0o640)
        #expect(tree.status(of: "/etc")?.kind == .directory)
        #expect(tree.names(in: "/etc") == ["a"])
        #expect(tree.text(of: "/etc/b") == nil)
        #expect(tree.names(in: "/etc/a") == nil)
        #expect(!tree.isThisHost)
        #expect(HostTree().isThisHost)
    }

    @Test func linksStayWithinTheTree() throws {
        try link("etc/absolute", to: "/etc/a")
        try link("etc/outside", to: "../../../../etc/a")
        try link("link", to: "etc")
        #expect(tree.text(of: "/etc/absolute") == "text")
        #expect(tree.text(of: "/etc/outside") == "text")
        #expect(tree.text(of: "/link/a") == "text")
        #expect(tree.status(of: "/link")?.kind == .symbolicLink)
        #expect(tree.status(of: "/link/a")?.kind == .file)
        #expect(tree.target(of: "/link/absolute")?.path == "/etc/a")
    }

    @Test func loopsOfLinksLeadNowhere() throws {
        try link("one", to: "/two")
        try link("two", to: "/one")
        #expect(tree.text(of: "/one") == nil)
        #expect(tree.names(in: "/one") == nil)
    }
}
