// SPDX-License-Identifier: Apache-2.0

import CloakroomAudit
import Testing

/// Hosts as distributions and our own files make them.
@Suite struct StockHostTests {
    /// What is wrong with PHP-FPM of Debian 12 as it is installed, with reasons in docs/audit.md.
    @Test func stockDebianHasWhatIsKnown() throws {
        let found = try AuditTree.stock.findings()
        let expected: [String: Severity] = [
            "sessions-in-plain-text": .medium, "strict-mode-off": .medium, "cookie-without-httponly": .medium,
            "cookie-without-secure": .low, "cookie-without-samesite": .low, "save-path-write-only": .info,
        ]
        #expect(Dictionary(found.map { ($0.code, $0.severity) }) { $1 } == expected)
        #expect(found.count == expected.count)
        let strict = found.first { $0.code == "strict-mode-off" }
        #expect(strict?.location == FileLocation(AuditTree.ini, line: 1383))
        #expect(strict?.remedy == "php_admin_value[session.use_strict_mode] = 1")
    }

    @Test func theShippedConfigurationIsFoundGood() throws {
        let shipped = AuditTree.cloakroom.findings
        #expect(try shipped(AuditChecks.php) == [])
        let onStock = try AuditTree.stock
            .file("/usr/share/php/Cloakroom/prepend.php", "<?php\n")
            .file("/etc/cloakroom/cloakroom.toml", "")
            .file(AuditTree.pool, AuditTree.text(of: "conf/php-fpm/cloakroom.conf"))
            .findings()
        #expect(onStock == [])
    }

    @Test func aHostWithoutPHPHasNoFindings() throws {
        #expect(try AuditTree().findings() == [])
        #expect(try AuditTree.fpm.findings() == [])
    }
}
