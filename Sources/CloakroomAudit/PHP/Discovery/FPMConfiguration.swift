// SPDX-License-Identifier: Apache-2.0

/// What FPM's main file and the files that it includes say (php-src, `sapi/fpm/fpm/fpm_conf.c`).
///
/// FPM reads its files line by line, each as an INI text of its own.
public struct FPMConfiguration: Sendable {
    /// A pool as it is written.
    public struct Pool: Sendable {
        /// Its name.
        public let name: String
        /// Where it begins.
        public let location: FileLocation
        /// Its directives, the last of several, by name in lower case.
        public internal(set) var directives: [String: EffectiveSettings.Value] = [:]
        /// `env[NAME]`, the first of several.
        public internal(set) var environment: [String: EffectiveSettings.Value] = [:]
        /// `php_value` and `php_flag`, the first of several: FPM applies them from the last to the first.
        public internal(set) var values: [String: EffectiveSettings.Value] = [:]
        /// `php_admin_value` and `php_admin_flag`, the first of several.
        public internal(set) var fixedValues: [String: EffectiveSettings.Value] = [:]
    }

    /// Something because of which FPM does not start.
    public struct Fault: Hashable, Sendable {
        /// Where.
        public let location: FileLocation
        /// What is wrong.
        public let reason: String
    }

    /// The pools in the order of the files.
    public internal(set) var pools: [Pool] = []
    /// The directives of `[global]`, the last of several, by name in lower case.
    public internal(set) var global: [String: EffectiveSettings.Value] = [:]
    /// Because of which FPM does not start.
    public internal(set) var faults: [Fault] = []

    /// Reads FPM's main file and what it includes.
    ///
    /// - Parameters:
    ///   - prefix: where relative paths begin.
    ///   - environment: that of FPM, which `${NAME}` may name.
    public init(file: String, in tree: HostTree, prefix: String = "/usr", environment: [String: String] = [:]) {
        var reader = FPMReader(tree: tree, prefix: prefix, environment: environment)
        reader.read(file, depth: 0)
        self = reader.result
    }

    /// Reads the text of one file, without what it includes.
    ///
    /// - Parameters:
    ///   - text: the bytes of the file.
    ///   - file: what places in it are called by.
    public init(text: [UInt8], file: String) {
        var reader = FPMReader(tree: nil, prefix: "/usr")
        reader.read(text, of: file, depth: 0)
        self = reader.result
    }

    init() {}
}
