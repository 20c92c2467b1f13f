// SPDX-License-Identifier: Apache-2.0

/// Reads what holds for the runtimes of an installation.
struct PHPRuntimeReader {
    private let tree: HostTree
    private let installation: PHPInstallation
    private let unit: FPMUnit
    private(set) var problems: [Finding] = []

    init(tree: HostTree, installation: PHPInstallation) {
        self.tree = tree
        self.installation = installation
        unit = FPMUnit(name: installation.interface == .fpm ? installation.unit : "", in: tree)
    }

    mutating func runtimes() -> [PHPRuntime] {
        let main = mainFile()
        var reader = PHPSettingsReader(tree: tree, environment: unit.environment)
        if let main { reader.read(main) }
        if !unit.hasNoIni { scanned().forEach { reader.readAll(in: $0) } }
        for definition in unit.definitions { reader.define(definition.text, at: definition.location) }
        problems += reader.problems
        let home = FileLocation(main ?? installation.directory + "/php.ini")
        let settings = EffectiveSettings(reader.values, home: home, isPoolFile: false)
        switch installation.interface {
        case .fpm: return pools(reader.values)
        case .cli, .cgi: return [runtime(nil, settings)]
        case .apache:
            return ApacheSettings(in: tree).scopes(reader.values, home: home).map { scope, settings in
                runtime(nil, settings, scope: scope)
            }
        }
    }

    private func runtime(
        _ pool: PHPRuntime.Pool?,
        _ settings: EffectiveSettings,
        scope: FileLocation? = nil
    ) -> PHPRuntime {
        PHPRuntime(
            version: installation.version,
            interface: installation.interface,
            pool: pool,
            settings: settings,
            scope: scope,
            isDebian: installation.isDebian,
            hasPrivateTemporary: unit.hasPrivateTemporary
        )
    }

    /// The php.ini that PHP reads; `nil`: none.
    private func mainFile() -> String? {
        var directories: [String] = []
        if let ini = unit.ini {
            if tree.target(of: ini)?.status.kind == .file { return ini }
            directories = [ini]
        } else if unit.hasNoIni {
            return nil
        } else {
            if let place = unit.environment["PHPRC"] {
                if tree.target(of: place)?.status.kind == .file { return place }
                directories.append(place)
            }
            directories.append(installation.directory)
        }
        let name =
            switch installation.interface {
            case .fpm: "php-fpm-fcgi.ini"
            case .cli: "php-cli.ini"
            case .cgi: "php-cgi-fcgi.ini"
            case .apache: "php-apache2handler.ini"
            }
        let candidates = [name, "php.ini"].flatMap { name in directories.map { "\($0)/\(name)" } }
        return candidates.first { tree.target(of: $0)?.status.kind == .file }
    }

    private func scanned() -> [String] {
        guard let list = unit.environment["PHP_INI_SCAN_DIR"] else { return [installation.scanned] }
        if list.isEmpty { return [] }
        return list.split(separator: ":", omittingEmptySubsequences: false).map {
            $0.isEmpty ? installation.scanned : String($0)
        }
    }

    private mutating func pools(_ base: [String: EffectiveSettings.Value]) -> [PHPRuntime] {
        let file = unit.configuration ?? installation.fpm
        guard tree.target(of: file) != nil else { return [] }
        let configuration = FPMConfiguration(
            file: file,
            in: tree,
            prefix: installation.prefix,
            environment: unit.environment
        )
        problems += configuration.faults.map(Self.finding)
        let global = configuration.global.map { ("global." + $0.key, $0.value) }
        return configuration.pools.map { pool in
            // What a pool fixes beats what it only sets.
            let values = base.merging(pool.values) { $1 }.merging(pool.fixedValues) { $1 }
            let settings = EffectiveSettings(values, home: pool.location, isPoolFile: true)
            return runtime(Self.pool(pool, global: global), settings)
        }
    }

    private static func pool(
        _ pool: FPMConfiguration.Pool,
        global: [(String, EffectiveSettings.Value)]
    ) -> PHPRuntime.Pool {
        func text(_ name: String) -> String { pool.directives[name]?.text ?? "" }
        return PHPRuntime.Pool(
            name: pool.name,
            user: text("user"),
            group: text("group"),
            listen: text("listen"),
            chroot: text("chroot"),
            location: pool.location,
            directives: pool.directives.merging(global) { own, _ in own },
            environment: pool.environment
        )
    }

    private static func finding(_ fault: FPMConfiguration.Fault) -> Finding {
        Finding(
            code: ConfigurationProblems.fpmBroken,
            severity: .medium,
            subject: "PHP-FPM's configuration",
            location: fault.location,
            reason: fault.reason
                + " FPM does not start with it, and what runs now may have other settings than the files.",
            remedy: "Correct it, and check: php-fpm -tt"
        )
    }
}
