// SPDX-License-Identifier: Apache-2.0

import CloakroomAudit

/// Those of the prepended file and of applications.
extension FindingCase {
    private static let file = "/usr/share/php/Cloakroom/prepend.php"

    static let prepend = [
        FindingCase(
            "prepend-not-configured",
            .medium,
            besides: plainText,
            shows: plain.file(file, "<?php\n"),
            hides: plain
        ),
        FindingCase("prepend-file-missing", .medium, shows: cloakroom.without(file), hides: cloakroom),
        FindingCase(
            "prepend-not-fixed",
            .low,
            shows: cloakroom.without(setting: "auto_prepend_file").file(AuditTree.ini, "auto_prepend_file = \(file)\n"),
            hides: cloakroom
        ),
        FindingCase(
            "prepend-after-auto-start",
            .medium,
            shows: cloakroom.with("session.auto_start", "on"),
            hides: cloakroom
        ),
        FindingCase(
            "prepend-after-upload-progress",
            .medium,
            besides: ["prepend-without-save-path"],
            shows: cloakroom.without(setting: path).with("session.upload_progress.enabled", "1"),
            hides: cloakroom.with("session.upload_progress.enabled", "1")
        ),
        FindingCase("prepend-without-save-path", .low, shows: cloakroom.without(setting: path), hides: cloakroom),
        FindingCase("prepend-overruled", .medium, shows: cloakroom.with(path, "/srv"), hides: cloakroom),
        FindingCase(
            "prepend-overruled",
            .low,
            shows: cloakroom.with("session.lazy_write", "1"),
            hides: cloakroom.with("session.lazy_write", "0")
        ),
    ]

    static let applications = [
        FindingCase(
            "session-settings-in-directory",
            .low,
            shows: cloakroom.file("/var/www/html/shop/.user.ini", "session.save_path = /tmp\n"),
            hides: cloakroom.file("/var/www/html/shop/.user.ini", "memory_limit = 1G\n; session.save_path = /tmp\n")
        ),
        FindingCase(
            "session-settings-in-directory",
            .info,
            shows: cloakroom.file("/var/www/html/.htaccess", "php_value session.name shop\n"),
            hides: cloakroom.file("/var/www/html/.htaccess", "#php_value session.name shop\n")
        ),
        FindingCase(
            "session-settings-in-web-server",
            .low,
            shows: cloakroom.file(
                "/etc/nginx/sites-enabled/a",
                "server {\n  fastcgi_param PHP_VALUE \"memory_limit=1G\\nsession.save_path=/tmp\";\n}\n"
            ),
            hides: cloakroom.file("/etc/nginx/sites-enabled/a", "server { fastcgi_param PHP_VALUE memory_limit=1G; }\n")
        ),
        FindingCase(
            "application-save-handler",
            .low,
            shows: cloakroom.file("/var/www/html/a.php", "<html>\n<?php\n\\session_set_save_handler(new X);\n"),
            hides: cloakroom.file(
                "/var/www/html/a.php",
                "<?php // session_set_save_handler($x);\nfunction session_set_save_handler() {}\n$a->session_save_path(1);\n"
                    + "echo 'session_save_path(1)', session_save_path();\n/* ini_set('session.save_path', 1) */\n"
            )
        ),
        FindingCase(
            "application-save-handler",
            .info,
            besides: plainText,
            shows: plain.file("/var/www/html/a.inc", "<?= 1 ?>\n<? ini_set ( \"session.save_handler\", 'x');"),
            hides: plain.file("/var/www/html/a.inc", "<?php ini_set('session.name', 'x');")
        ),
        FindingCase(
            "application-own-sessions",
            .info,
            shows: laravel("/srv/shop/public"),
            hides: laravel("/srv/other/public")
        ),
        FindingCase(
            "application-search-incomplete",
            .info,
            besides: ["application-save-handler"],
            shows: many(51),
            hides: many(50)
        ),
    ]

    private static func laravel(_ root: String) -> AuditTree {
        cloakroom.file("/etc/nginx/sites-enabled/a", "server { root \(root); }\n").directory(root)
            .file("/srv/shop/vendor/laravel/framework/src/Illuminate/Session/SessionManager.php", "<?php\n")
            .directory("/srv/shop/public")
    }

    private static func many(_ count: Int) -> AuditTree {
        (1...count).reduce(cloakroom) { $0.file("/var/www/html/\($1).php", "<?php session_save_path('/x');") }
    }
}
