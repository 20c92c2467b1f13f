// SPDX-License-Identifier: Apache-2.0

import CloakroomAudit
import CloakroomProcessKit
import Foundation
import Testing

/// Our reading of FPM's files against that of the FPM that is installed here.
@Suite struct FPMDifferentialTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private static let directives = [
        "user = ", "group=", "listen.owner = ", "chroot = ", "env[A] = ", "env[\"B\"] = ", "php_value[x] = ",
        "php_admin_value[x] = ", "php_flag[y] = ", "php_admin_flag[y]=", "php_value [ z ] = ", "USER = ", "; ",
        "listen.group = ",
    ]
    private static let values = [
        "www-data", "\"x y\"", "on", "off", "yes", "0", "1", "$pool", "/x/$pool/y-$pool", "${HOME}", "'r'", "E_ALL",
        "a;b", "\"a;b\"",
        "", "x y", "none", "\"off\"", "1|2", "\"ON\"", "\"none\"", "\"False\"", "2", "\"0\"", "\"null\"",
    ]

    @Test func poolsAreThoseThatFPMReads() throws {
        var random = SeededGenerator(seed: 3)
        var understood = 0
        for number in 0..<150 {
            let text = text(&random)
            let file = try directory.file("\(number).conf", text.utf8)
            let ours = FPMConfiguration(file: file, in: HostTree())
            guard let expected = try fpm(file) else {
                #expect(!ours.faults.isEmpty, "FPM refuses text \(number):\n\(text)")
                continue
            }
            understood += 1
            #expect(ours.faults.isEmpty, "text \(number):\n\(text)")
            #expect(Self.dump(ours) == expected, "text \(number):\n\(text)")
        }
        #expect(understood > 30)
    }

    @Test func filesAreIncludedByPattern() throws {
        let pool = "user = www-data\npm = static\npm.max_children = 1\nlisten = \(directory.path)/"
        _ = try directory.file("b.conf", "[second]\n\(pool)b\n".utf8)
        _ = try directory.file("a.conf", "[first]\n\(pool)a\nphp_value[x] = 1\n[second]\nphp_value[x] = 2\n".utf8)
        _ = try directory.file(".c.conf", "[third]\n\(pool)c\n".utf8)
        let main = try directory.file(
            "main",
            "[global]\nerror_log = \(directory.path)/log\ninclude = \(directory.path)/*.conf\n".utf8
        )
        let ours = FPMConfiguration(file: main, in: HostTree())
        let expected = try fpm(main)
        #expect(Self.dump(ours) == expected)
        #expect(ours.pools.map(\.name) == ["first", "second"])
        #expect(ours.pools[1].values["x"]?.location.line == 8)
    }

    private func text(_ random: inout SeededGenerator) -> String {
        var text = "[global]\nerror_log = \(directory.path)/log\n"
        for pool in ["one", "two"].prefix(Int.random(in: 1...2, using: &random)) {
            text += "[\(pool)]\npm = static\npm.max_children = 1\nlisten = \(directory.path)/$pool.sock\nuser = root\n"
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                text += Self.directives.randomElement(using: &random) ?? ""
                text += (Self.values.randomElement(using: &random) ?? "") + "\n"
            }
            text += "user = www-data\ngroup = www-data\nchroot = \nlisten.owner = www-data\nlisten.group = www-data\n"
        }
        return text
    }

    /// What FPM prints of its configuration; `nil`: it refuses it.
    private func fpm(_ file: String) throws -> [String]? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/sbin/php-fpm8.2")
        process.arguments = ["-n", "-tt", "-y", file]
        process.environment = [:]
        let output = Pipe()
        process.standardError = output
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return nil }
        var pool = ""
        var lines: [String: String] = [:]
        for line in text.split(separator: "\n") {
            guard let colon = line.range(of: "NOTICE: ") else { continue }
            let rest = line[colon.upperBound...]
            if rest.hasPrefix("[") {
                pool = String(rest)
            } else if pool != "[global]", Self.isCompared(rest) {
                // Of several, the last that is printed holds: it is the first of the file.
                let name = rest.prefix { $0 != "=" }
                lines[pool + name] = pool + rest
            }
        }
        return lines.values.sorted()
    }

    private static let compared = ["user", "group", "listen", "chroot", "listen.owner", "listen.group"]

    private static func isCompared(_ line: Substring) -> Bool {
        compared.contains { line.hasPrefix("\t\($0) = ") } || line.hasPrefix("\tenv[") || line.hasPrefix("\tphp_")
    }

    /// As FPM prints it, without what a later line of the same name hides.
    private static func dump(_ configuration: FPMConfiguration) -> [String] {
        configuration.pools.flatMap { pool in
            let own = compared.map { name in
                let text = pool.directives[name]?.text
                return "[\(pool.name)]\t\(name) = " + (text ?? "undefined")
            }
            let arrays = [("env", pool.environment), ("php_value", pool.values), ("php_admin_value", pool.fixedValues)]
            return own
                + arrays.flatMap { name, values in
                    values.map { "[\(pool.name)]\t\(name)[\($0.key)] = \($0.value.text)" }
                }
        }.sorted()
    }
}
