// SPDX-License-Identifier: Apache-2.0

/// Where a PHP has its configuration, by the layouts of distributions and of the official container image.
struct PHPInstallation: Sendable {
    /// Such as `8.2`; empty: nothing tells.
    let version: String
    let interface: PHPRuntime.Interface
    /// The directory of `php.ini`.
    let directory: String
    /// The directory whose `*.ini` are read after it.
    let scanned: String
    /// FPM's main file.
    let fpm: String
    /// What FPM takes for the beginning of relative paths.
    let prefix: String
    /// FPM's unit of systemd.
    let unit: String
    let isDebian: Bool

    /// All that are there.
    static func all(in tree: HostTree) -> [PHPInstallation] { debian(in: tree) + others(in: tree) }

    /// /etc/php/VERSION/INTERFACE of Debian, Ubuntu and packages.sury.org.
    private static func debian(in tree: HostTree) -> [PHPInstallation] {
        (tree.names(in: "/etc/php") ?? []).flatMap { version in
            [PHPRuntime.Interface.fpm, .cli, .cgi, .apache].compactMap { interface in
                let directory = "/etc/php/\(version)/\(interface.rawValue)"
                guard isVersion(version), tree.target(of: directory)?.status.kind == .directory else { return nil }
                return PHPInstallation(
                    version: version,
                    interface: interface,
                    directory: directory,
                    scanned: directory + "/conf.d",
                    fpm: directory + "/php-fpm.conf",
                    prefix: "/usr",
                    unit: "php\(version)-fpm.service",
                    isDebian: true
                )
            }
        }
    }

    private static func isVersion(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isNumber) }
    }

    /// Layouts in which all interfaces share one directory.
    private static func others(in tree: HostTree) -> [PHPInstallation] {
        var found = shared(in: tree, "", "/etc", scanned: "/etc/php.d", unit: "php-fpm.service")
        found += shared(
            in: tree,
            "",
            "/usr/local/etc/php",
            scanned: "/usr/local/etc/php/conf.d",
            fpm: "/usr/local/etc/php-fpm.conf",
            prefix: "/usr/local",
            unit: "php-fpm.service"
        )
        // Arch Linux.
        found += shared(in: tree, "", "/etc/php", scanned: "/etc/php/conf.d", unit: "php-fpm.service")
        for name in tree.names(in: "/etc") ?? [] where name.hasPrefix("php") {
            // Alpine Linux: /etc/php82.
            guard let version = shortVersion(name) else { continue }
            found += shared(in: tree, version, "/etc/\(name)", scanned: "/etc/\(name)/conf.d", unit: "")
        }
        for (parent, below) in [("/etc/opt/remi", ""), ("/opt/remi", "/root/etc")] {
            for name in tree.names(in: parent) ?? [] {
                guard let version = shortVersion(name) else { continue }
                let directory = "\(parent)/\(name)\(below)"
                found += shared(
                    in: tree,
                    version,
                    directory,
                    scanned: directory + "/php.d",
                    prefix: "/opt/remi/\(name)/root/usr",
                    unit: "\(name)-php-fpm.service"
                )
            }
        }
        return found
    }

    private static func shared(
        in tree: HostTree,
        _ version: String,
        _ directory: String,
        scanned: String,
        fpm: String? = nil,
        prefix: String = "/usr",
        unit: String
    ) -> [PHPInstallation] {
        let fpm = fpm ?? directory + "/php-fpm.conf"
        var interfaces: [PHPRuntime.Interface] = []
        if tree.target(of: fpm) != nil { interfaces.append(.fpm) }
        if tree.target(of: directory + "/php.ini") != nil { interfaces.append(.cli) }
        return interfaces.map {
            PHPInstallation(
                version: version,
                interface: $0,
                directory: directory,
                scanned: scanned,
                fpm: fpm,
                prefix: prefix,
                unit: unit,
                isDebian: false
            )
        }
    }

    /// `php82` as `8.2`.
    private static func shortVersion(_ name: String) -> String? {
        let digits = name.dropFirst(3)
        guard name.hasPrefix("php"), digits.count >= 2, digits.allSatisfy({ ("0"..."9").contains($0) }) else {
            return nil
        }
        return "\(digits.prefix(1)).\(digits.dropFirst())"
    }
}
