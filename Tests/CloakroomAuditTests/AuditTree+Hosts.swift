// SPDX-License-Identifier: Apache-2.0

import Foundation

extension AuditTree {
    static let pool = "/etc/php/8.2/fpm/pool.d/www.conf"
    static let ini = "/etc/php/8.2/fpm/php.ini"
    static let wwwData: UInt32 = 33
    static let alice: UInt32 = 1000

    /// A Debian with an FPM that has no pool.
    static let fpm = AuditTree()
        .file("/etc/php/8.2/fpm/php.ini", "[PHP]\n")
        .directory("/etc/php/8.2/fpm/conf.d")
        .file(
            "/etc/php/8.2/fpm/php-fpm.conf",
            "[global]\npid = /run/php/php8.2-fpm.pid\ninclude=/etc/php/8.2/fpm/pool.d/*.conf\n"
        )
        .file(
            "/etc/passwd",
            """
            root:x:0:0:root:/root:/bin/bash
            www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
            alice:x:1000:1000::/home/alice:/bin/bash
            bob:x:1001:1001::/home/bob:/bin/bash

            """
        )
        .file("/etc/group", "root:x:0:\nwww-data:x:33:\nalice:x:1000:\nbob:x:1001:\n")

    /// A pool whose settings are as they should be, but for plain-text sessions.
    static let plain = fpm.directory("/srv/sessions", mode: 0o700, user: wwwData)
        .file(
            pool,
            """
            [www]
            user = www-data
            group = www-data
            listen = /run/php/php8.2-fpm.sock
            php_admin_value[session.save_path] = /srv/sessions
            php_admin_value[session.use_strict_mode] = 1
            php_admin_value[session.name] = __Host-id
            php_admin_value[session.cookie_httponly] = 1
            php_admin_value[session.cookie_secure] = 1
            php_admin_value[session.cookie_samesite] = Lax

            """
        )

    /// The shipped pool, with Cloakroom installed.
    static let cloakroom = fpm.file("/usr/share/php/Cloakroom/prepend.php", "<?php\n")
        .file(pool, text(of: "conf/php-fpm/cloakroom.conf"))

    /// PHP-FPM of Debian 12 as its packages have it.
    static let stock =
        fpm
        .file(ini, (try? String(contentsOfFile: "/usr/lib/php/8.2/php.ini-production", encoding: .utf8)) ?? "")
        .file(
            pool,
            """
            [www]
            user = www-data
            group = www-data
            listen = /run/php/php8.2-fpm.sock
            listen.owner = www-data
            listen.group = www-data
            pm = dynamic
            pm.max_children = 5
            pm.start_servers = 2
            pm.min_spare_servers = 1
            pm.max_spare_servers = 3

            """
        )
        .directory("/var/lib/php/sessions", mode: 0o1733)
        .file("/usr/lib/php/sessionclean", "#!/bin/sh -e\n", mode: 0o755)
        .file("/etc/cron.d/php", "09,39 * * * * root [ -x /usr/lib/php/sessionclean ]\n")
        .directory("/var/www/html")

    /// A file of the project.
    static func text(of path: String, from file: String = #filePath) -> String {
        let root = URL(fileURLWithPath: file).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return (try? String(contentsOf: root.appending(path: path), encoding: .utf8)) ?? ""
    }

    /// With a line more in the pool.
    func setting(_ line: String) -> AuditTree { adding(line, to: Self.pool) }

    /// With another value for a setting of the pool.
    func with(_ name: String, _ value: String) -> AuditTree {
        guard case .file(let text) = entries[Self.pool]?.kind else { fatalError("no pool") }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.contains("[\(name)]") }
        return file(Self.pool, lines.joined(separator: "\n") + "\nphp_admin_value[\(name)] = \(value)\n")
    }

    /// Without a setting in the pool.
    func without(setting name: String) -> AuditTree {
        guard case .file(let text) = entries[Self.pool]?.kind else { fatalError("no pool") }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.contains("[\(name)]") }
        return file(Self.pool, lines.joined(separator: "\n") + "\n")
    }

    /// With a second pool, like the first.
    func secondPool(user: String, directory: String = "/srv/sessions") -> AuditTree {
        guard case .file(let text) = entries[Self.pool]?.kind else { fatalError("no pool") }
        return file(
            "/etc/php/8.2/fpm/pool.d/shop.conf",
            text.replacingOccurrences(of: "[www]", with: "[shop]")
                .replacingOccurrences(of: "user = www-data", with: "user = \(user)")
                .replacingOccurrences(of: "= /srv/sessions", with: "= \(directory)")
        )
    }
}
