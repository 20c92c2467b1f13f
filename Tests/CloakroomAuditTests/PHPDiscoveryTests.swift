// SPDX-License-Identifier: Apache-2.0

import CloakroomAudit
import Testing

/// Where PHP is found, and what its surroundings set.
@Suite struct PHPDiscoveryTests {
    private func runtimes(_ tree: AuditTree) throws -> [PHPRuntime] { try tree.use(PHPDiscovery.runtimes) }

    @Test func layoutsOfDistributionsAreKnown() throws {
        let pool = "[www]\nuser = apache\nlisten = /run/x\nphp_value[session.save_path] = /x\n"
        let tree = AuditTree()
            .file("/etc/php/8.2/cli/php.ini", "").file("/etc/php/8.2/fpm/php.ini", "")
            .file("/etc/php/8.2/fpm/php-fpm.conf", "include=/etc/php/8.2/fpm/pool.d/*.conf\n")
            .file("/etc/php/8.2/fpm/pool.d/a.conf", pool).file("/etc/php/8.2/fpm/pool.d/b.dpkg-dist", pool)
            .file("/etc/php/8.3/apache2/php.ini", "").file("/etc/php/7.4/cgi/php.ini", "").directory(
                "/etc/php/8.2/mods-available"
            )
            .file("/etc/php.ini", "").file("/etc/php-fpm.conf", pool)
            .file("/etc/opt/remi/php84/php-fpm.conf", pool).file(
                "/usr/local/etc/php-fpm.conf",
                "include=etc/php-fpm.d/*.conf\n"
            )
            .file("/usr/local/etc/php-fpm.d/www.conf", pool).file("/etc/php81/php-fpm.conf", pool)
        #expect(
            try runtimes(tree).map(\.name).sorted() == [
                "Apache module 8.3", "CGI 7.4", "CLI", "CLI 8.2", "FPM 8.1, pool www", "FPM 8.2, pool www",
                "FPM 8.4, pool www",
                "FPM, pool www", "FPM, pool www",
            ]
        )
    }

    @Test func scannedFilesAreReadInOrderThroughLinks() throws {
        let tree = AuditTree.plain.without(setting: "session.name")
            .file(AuditTree.ini, "session.name = a\n").file("/etc/php/8.2/mods-available/x.ini", "session.name = b\n")
            .link("/etc/php/8.2/fpm/conf.d/20-x.ini", to: "/etc/php/8.2/mods-available/x.ini")
            .file("/etc/php/8.2/fpm/conf.d/10-y.ini", "session.name = c\n").file(
                "/etc/php/8.2/fpm/conf.d/30",
                "session.name = d\n"
            )
        let value = try runtimes(tree).first?.settings["session.name"]
        #expect(value?.text == "b")
        #expect(value?.location == FileLocation("/etc/php/8.2/fpm/conf.d/20-x.ini", line: 1))
        #expect(value?.isFixed == false)
    }

    @Test func theUnitOfFPMSetsThingsToo() throws {
        let tree = AuditTree.plain.without(setting: "session.name")
            .file("/lib/systemd/system/php8.2-fpm.service", "[Service]\nExecStart=/usr/sbin/php-fpm8.2 -y /etc/none\n")
            .file(
                "/etc/systemd/system/php8.2-fpm.service.d/x.conf",
                "[Service]\nEnvironment=PHP_INI_SCAN_DIR=:/etc/more \"NAME=from env\"\nExecStart=\n"
                    + "ExecStart=/usr/sbin/php-fpm8.2 --nodaemonize \\\n  --fpm-config=/etc/other.conf -d session.cookie_path=/y\n"
            )
            .file("/etc/more/z.ini", "session.name = \"${NAME}\"\n")
            .file("/etc/other.conf", "include=/etc/php/8.2/fpm/pool.d/*.conf\n[more]\nuser=bob\n")
        let found = try runtimes(tree)
        #expect(found.map { $0.pool?.name } == ["www", "more"])
        #expect(found.first?.settings["session.name"]?.text == "from env")
        #expect(found.last?.settings["session.cookie_path"]?.text == "/y")
        #expect(found.last?.settings["session.cookie_path"]?.location.line == 5)
    }

    @Test func apacheHasSettingsForEachHost() throws {
        let tree = AuditTree().file("/etc/php/8.2/apache2/php.ini", "session.name = a\nsession.cookie_path = /a\n")
            .file(
                "/etc/apache2/conf-enabled/x.conf",
                "<IfModule mod_php.c>\nphp_admin_value session.name b\n</IfModule>\n"
            )
            .file(
                "/etc/apache2/sites-enabled/s.conf",
                "<VirtualHost *:80>\n  php_value session.name c\n  php_flag session.cookie_httponly on\n</VirtualHost>\n"
                    + "<VirtualHost *:81>\n  # php_value session.name d\n</VirtualHost>\n"
            )
        let found = try runtimes(tree)
        #expect(found.map(\.name) == ["Apache module 8.2", "Apache module 8.2, /etc/apache2/sites-enabled/s.conf:1"])
        #expect(found.map { $0.settings["session.name"]?.text } == ["b", "b"])
        #expect(found.map { $0.settings.flag("session.cookie_httponly", default: false) } == [false, true])
        #expect(found.last?.settings["session.cookie_path"]?.text == "/a")
    }

    @Test func poolsHaveTheirDirectivesAndEnvironment() throws {
        let tree = AuditTree.plain.setting("env[A] = \"b\"\nlisten.mode = 0660\nchroot = /srv/$pool")
        let pool = try runtimes(tree).first?.pool
        #expect(pool?.environment["A"]?.text == "b")
        #expect(pool?.directives["listen.mode"]?.text == "0660")
        #expect(pool?.directives["global.pid"]?.text == "/run/php/php8.2-fpm.pid")
        #expect(pool?.chroot == "/srv/www")
        #expect(pool?.location == FileLocation(AuditTree.pool, line: 1))
    }

    @Test func hostileFilesEndTheSearch() throws {
        let deep = String(repeating: "(", count: 100_000)
        let tree = AuditTree.plain.file(AuditTree.ini, "a = \(deep)\n").setting(
            "include = /etc/php/8.2/fpm/pool.d/*.conf"
        )
        let found = try tree.use { PHPDiscovery(in: $0) }
        #expect(found.runtimes.count == 1)
        #expect(Set(found.problems.map(\.code)) == ["php-configuration-broken", "fpm-configuration-broken"])
    }
}
