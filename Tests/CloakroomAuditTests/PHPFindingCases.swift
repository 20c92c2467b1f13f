// SPDX-License-Identifier: Apache-2.0

import CloakroomAudit

extension FindingCase {
    static let plainText: Set<String> = ["sessions-in-plain-text"]
    static let plain = AuditTree.plain
    static let cloakroom = AuditTree.cloakroom
    static let path = "session.save_path"

    /// Those of `AuditChecks.php`.
    static let php = configuration + stores + paths + files + settings + cookies + prepend + applications

    private static let configuration = [
        FindingCase(
            "php-configuration-unreadable",
            shows: cloakroom.link(AuditTree.ini, to: "/etc").link("/etc/php/8.2/fpm/conf.d/x.ini", to: "/etc/x.ini")
                .file("/etc/x.ini", String(repeating: "; long\n", count: 700_000)),
            hides: cloakroom.file("/etc/x.ini", "; short\n").link("/etc/php/8.2/fpm/conf.d/x.ini", to: "/etc/x.ini")
        ),
        FindingCase(
            "php-configuration-broken",
            shows: cloakroom.file(AuditTree.ini, "a = (b\n"),
            hides: cloakroom.file(AuditTree.ini, "a = \"(b\"\n")
        ),
        FindingCase(
            "fpm-configuration-broken",
            shows: cloakroom.setting("php_flag[session.lazy_write] = perhaps"),
            hides: cloakroom.setting("php_value[session.lazy_write] = perhaps")
        ),
    ]

    private static let stores = [
        FindingCase("sessions-in-plain-text", .medium, shows: plain, hides: cloakroom),
        FindingCase(
            "store-in-plain-text",
            .medium,
            shows: redis("unix:///run/redis/redis.sock?auth=secret"),
            hides: redis("unix:///run/redis/redis.sock").with(
                "auto_prepend_file",
                "/usr/share/php/Cloakroom/prepend.php"
            )
        ),
        FindingCase(
            "store-without-password",
            .medium,
            besides: ["store-in-plain-text"],
            shows: redis("tcp://127.0.0.1:6379"),
            hides: redis("tcp://127.0.0.1:6379?auth=secret")
        ),
        FindingCase(
            "store-without-password",
            .high,
            besides: ["store-in-plain-text"],
            shows: redis("tls://sessions.example:6379"),
            hides: redis("tls://sessions.example:6379?auth[pass]=secret")
        ),
        FindingCase(
            "store-without-tls",
            .high,
            besides: ["store-in-plain-text"],
            shows: redis("tcp://10.0.0.7:6379?auth=secret"),
            hides: redis("tcp://localhost:6379?auth=secret")
        ),
        FindingCase(
            "store-without-tls",
            .high,
            besides: ["store-in-plain-text", "store-without-password"],
            shows: redis("10.0.0.7:11211, 10.0.0.8:11211").with("session.save_handler", "memcached"),
            hides: redis("127.0.0.1:11211").with("session.save_handler", "memcached")
        ),
        FindingCase("save-handler-unknown", .info, shows: plain.with("session.save_handler", "dragon"), hides: plain),
    ]

    private static func redis(_ path: String) -> AuditTree {
        plain.with("session.save_handler", "redis").with("session.save_path", "\"\(path)\"")
    }

    private static func sessions(_ mode: Int, user: UInt32 = 0) -> AuditTree {
        plain.directory("/srv/sessions", mode: mode, user: user)
    }

    private static let paths = [
        FindingCase("save-path-missing", .low, besides: plainText, shows: plain.with(path, "/srv/none"), hides: plain),
        FindingCase("save-path-listable", .high, besides: plainText, shows: sessions(0o1777), hides: sessions(0o1733)),
        FindingCase(
            "save-path-listable",
            .high,
            besides: plainText,
            shows: plain.without(setting: path).with(path, "").directory("/tmp", mode: 0o1777),
            hides: plain.without(setting: path).with(path, "").directory("/tmp", mode: 0o1777)
                .file("/etc/systemd/system/php8.2-fpm.service", "[Service]\nPrivateTmp=yes\n")
        ),
        FindingCase(
            "save-path-listable",
            .high,
            besides: plainText,
            shows: plain.with(path, "/srv/a/b").directory("/srv/a/b", mode: 0o755, user: AuditTree.wwwData),
            hides: plain.with(path, "/srv/a/b").directory("/srv/a", mode: 0o700)
                .directory("/srv/a/b", mode: 0o755, user: AuditTree.wwwData)
        ),
        FindingCase("save-path-not-sticky", .high, besides: plainText, shows: sessions(0o733), hides: sessions(0o1733)),
        FindingCase(
            "save-path-foreign-owner",
            .medium,
            besides: plainText,
            shows: sessions(0o700, user: AuditTree.alice),
            hides: sessions(0o700, user: AuditTree.wwwData)
        ),
        FindingCase("save-path-write-only", .info, besides: plainText, shows: sessions(0o1733), hides: sessions(0o700)),
        FindingCase(
            "session-file-mode",
            .high,
            besides: plainText,
            shows: plain.with(path, "\"0;0644;/srv/sessions\""),
            hides: plain.with(path, "\"0;0600;/srv/sessions\"")
        ),
        FindingCase(
            "session-file-mode",
            .medium,
            besides: plainText,
            shows: plain.with(path, "\"0;640;/srv/sessions\""),
            hides: plain.with(path, "\"0;600;/srv/sessions\"")
        ),
        FindingCase(
            "save-path-in-web-root",
            .critical,
            besides: plainText,
            shows: plain.file("/etc/nginx/sites-enabled/a", "server { root /srv; }\n"),
            hides: plain.file("/etc/nginx/sites-enabled/a", "server { root /srv/public; }\n")
        ),
        FindingCase(
            "save-path-in-web-root",
            .critical,
            besides: plainText,
            shows: plain.file("/etc/apache2/sites-enabled/a.conf", "<VirtualHost *>\n DocumentRoot \"/srv\"\n"),
            hides: plain.file("/etc/apache2/sites-enabled/a.conf", "# DocumentRoot /srv\n")
        ),
        FindingCase(
            "save-path-on-network",
            .high,
            besides: plainText,
            shows: plain.file("/etc/fstab", "files:/x /srv nfs4 rw 0 0\n"),
            hides: plain.file("/etc/fstab", "files:/x /srv/session nfs4 rw 0 0\n/dev/sda1 / ext4 rw 0 1\n")
        ),
        FindingCase(
            "save-path-in-memory",
            .info,
            besides: plainText,
            shows: plain.file("/proc/self/mountinfo", "30 1 0:25 / /srv/sessions rw - tmpfs tmpfs rw\n"),
            hides: plain.file("/proc/self/mountinfo", "30 1 8:1 / /srv rw shared:1 - ext4 /dev/sda1 rw\n")
        ),
        FindingCase(
            "save-path-shared",
            .low,
            besides: ["sessions-in-plain-text", "save-path-write-only"],
            shows: sessions(0o1733).secondPool(user: "alice"),
            hides: sessions(0o1733).directory("/srv/other", mode: 0o700, user: AuditTree.alice)
                .secondPool(user: "alice", directory: "/srv/other")
        ),
        FindingCase(
            "save-path-shared",
            .medium,
            besides: plainText,
            shows: sessions(0o770).secondPool(user: "alice"),
            hides: sessions(0o770)
        ),
        FindingCase(
            "pools-share-user",
            .medium,
            besides: plainText,
            shows: plain.secondPool(user: "33"),
            hides: sessions(0o1733).secondPool(user: "alice")
        ),
        FindingCase(
            "pools-share-user",
            .low,
            shows: cloakroom.secondPool(user: "www-data"),
            hides: cloakroom.secondPool(user: "bob")
        ),
    ]

    private static func stored(_ name: String = "sess_a", mode: Int = 0o600, age: Int = 0) -> AuditTree {
        plain.file("/srv/sessions/\(name)", "a|i:1;", mode: mode, age: age)
    }

    private static let files = [
        FindingCase(
            "session-files-left",
            .low,
            shows: cloakroom.file("/var/lib/php/sessions/sess_a", "a|i:1;", mode: 0o600),
            hides: cloakroom.file("/var/lib/php/sessions/readme", "", mode: 0o600)
        ),
        FindingCase("session-files-present", .info, besides: plainText, shows: stored(), hides: stored("other")),
        FindingCase(
            "session-files-readable",
            .high,
            besides: ["sessions-in-plain-text", "session-files-present"],
            shows: stored(mode: 0o644),
            hides: stored(mode: 0o600)
        ),
        FindingCase(
            "session-files-readable",
            .medium,
            besides: ["sessions-in-plain-text", "session-files-present"],
            shows: stored(mode: 0o640),
            hides: stored(mode: 0o600)
        ),
        FindingCase(
            "session-files-stale",
            .medium,
            besides: ["sessions-in-plain-text", "session-files-present"],
            shows: stored(age: 200_000),
            hides: stored(age: 80_000)
        ),
        FindingCase(
            "sessions-never-removed",
            .medium,
            besides: plainText,
            shows: plain.with("session.gc_probability", "0"),
            hides: plain.with("session.gc_probability", "1")
        ),
        FindingCase(
            "sessions-never-removed",
            .medium,
            besides: plainText,
            shows: plain.with("session.gc_probability", "0").file("/usr/lib/php/sessionclean", "").file(
                "/etc/cron.d/php",
                ""
            ),
            hides: plain.without(setting: path).file(AuditTree.ini, "session.save_path = /srv/sessions\n")
                .with("session.gc_probability", "0").file("/usr/lib/php/sessionclean", "").file("/etc/cron.d/php", "")
        ),
        FindingCase(
            "sessions-never-removed",
            .medium,
            besides: plainText,
            shows: plain.with(path, "\"2;/srv/sessions\""),
            hides: plain.with(path, "\"0;/srv/sessions\"")
        ),
    ]

    private static let settings = [
        FindingCase(
            "strict-mode-off",
            .medium,
            besides: plainText,
            shows: plain.with("session.use_strict_mode", "0"),
            hides: plain
        ),
        FindingCase(
            "strict-mode-off",
            .low,
            shows: cloakroom.without(setting: "session.use_strict_mode").setting("env[CLOAKROOM_STRICT] = \"off\""),
            hides: cloakroom.without(setting: "session.use_strict_mode")
        ),
        FindingCase(
            "id-accepted-from-url",
            .medium,
            besides: plainText,
            shows: plain.with("session.use_only_cookies", "0"),
            hides: plain.with("session.use_only_cookies", "On")
        ),
        FindingCase(
            "id-written-into-urls",
            .high,
            besides: plainText,
            shows: plain.with("session.use_only_cookies", "0").with("session.use_trans_sid", "1"),
            hides: plain.with("session.use_only_cookies", "1").with("session.use_trans_sid", "0")
        ),
        FindingCase(
            "trans-sid-without-effect",
            .info,
            besides: plainText,
            shows: plain.with("session.use_trans_sid", "1"),
            hides: plain.with("session.use_trans_sid", "0")
        ),
        FindingCase(
            "id-too-short",
            .low,
            besides: plainText,
            shows: plain.with("session.sid_length", "26").with("session.sid_bits_per_character", "4"),
            hides: plain.with("session.sid_length", "26").with("session.sid_bits_per_character", "5")
        ),
        FindingCase(
            "id-too-short",
            .medium,
            besides: plainText,
            shows: plain.with("session.sid_length", "22"),
            hides: plain.with("session.sid_length", "22").with("session.sid_bits_per_character", "6")
        ),
        FindingCase(
            "sessions-kept-long",
            .low,
            besides: plainText,
            shows: plain.with("session.gc_maxlifetime", "604800"),
            hides: plain.with("session.gc_maxlifetime", "86400")
        ),
        FindingCase(
            "pages-cached-for-all",
            .medium,
            besides: plainText,
            shows: plain.with("session.cache_limiter", "public"),
            hides: plain.with("session.cache_limiter", "private")
        ),
        FindingCase(
            "pages-without-cache-headers",
            .low,
            besides: plainText,
            shows: plain.with("session.cache_limiter", "\"\""),
            hides: plain.with("session.cache_limiter", "nocache")
        ),
        FindingCase(
            "referer-check",
            .info,
            besides: plainText,
            shows: plain.with("session.referer_check", "example.org"),
            hides: plain
        ),
        FindingCase(
            "auto-start",
            .info,
            besides: plainText,
            shows: plain.with("session.auto_start", "1"),
            hides: plain
        ),
    ]

    private static let cookies = [
        FindingCase(
            "cookie-without-httponly",
            .medium,
            besides: plainText,
            shows: plain.with("session.cookie_httponly", "0"),
            hides: plain.with("session.cookie_httponly", "On")
        ),
        FindingCase(
            "cookie-without-httponly",
            .medium,
            shows: cloakroom.with("session.cookie_httponly", "0"),
            hides: cloakroom.without(setting: "session.cookie_httponly")
        ),
        FindingCase(
            "cookie-without-secure",
            .low,
            besides: plainText,
            shows: plain.without(setting: "session.cookie_secure").with("session.name", "id"),
            hides: plain
        ),
        FindingCase(
            "cookie-without-secure",
            .medium,
            shows: cloakroom.setting("env[CLOAKROOM_COOKIES] = \"off\"")
                .file("/etc/nginx/conf.d/a.conf", "server { listen 443 ssl http2; }\n"),
            hides: cloakroom.file("/etc/nginx/conf.d/a.conf", "server { listen 443 ssl http2; }\n")
        ),
        FindingCase(
            "cookie-without-samesite",
            .low,
            besides: plainText,
            shows: plain.without(setting: "session.cookie_samesite"),
            hides: plain.with("session.cookie_samesite", "Strict")
        ),
        FindingCase(
            "cookie-samesite-none",
            .low,
            besides: plainText,
            shows: plain.with("session.cookie_samesite", "\"None\""),
            hides: plain
        ),
        FindingCase(
            "cookie-samesite-none",
            .medium,
            besides: ["sessions-in-plain-text", "cookie-without-secure"],
            shows: plain.with("session.cookie_samesite", "\"None\"").with("session.name", "id")
                .without(setting: "session.cookie_secure"),
            hides: plain
        ),
        FindingCase(
            "cookie-samesite-unknown",
            .low,
            besides: plainText,
            shows: plain.with("session.cookie_samesite", "1"),
            hides: plain
        ),
        FindingCase(
            "cookie-for-subdomains",
            .low,
            besides: plainText,
            shows: plain.with("session.cookie_domain", "example.org").with("session.name", "__Secure-id"),
            hides: plain.with("session.cookie_domain", "").with("session.name", "__Secure-id")
        ),
        FindingCase(
            "cookie-kept-long",
            .low,
            besides: plainText,
            shows: plain.with("session.cookie_lifetime", "31536000"),
            hides: plain.with("session.cookie_lifetime", "86400")
        ),
        FindingCase(
            "cookie-prefix-broken",
            .medium,
            besides: ["sessions-in-plain-text", "cookie-for-subdomains"],
            shows: plain.with("session.cookie_domain", "example.org"),
            hides: plain
        ),
        FindingCase(
            "cookie-without-prefix",
            .info,
            besides: plainText,
            shows: plain.with("session.name", "id"),
            hides: plain.with("session.name", "__Host-x")
        ),
    ]
}
