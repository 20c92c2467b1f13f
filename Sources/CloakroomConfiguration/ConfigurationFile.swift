// SPDX-License-Identifier: Apache-2.0

import CloakroomCore

/// A configuration file that was read: what it says, and where it says that.
public struct ConfigurationFile: Sendable {
    /// Its path.
    public let path: String
    /// Whether there is such a file. Else everything has its default.
    public let exists: Bool
    /// What it says, with presets and pools worked out.
    public let configuration: Configuration

    private let positions: TOMLPositions

    /// Reads a file.
    ///
    /// - Parameter file: its path; `nil`: ``Configuration/defaultFile``, which need not exist.
    /// - Throws: ``ConfigurationError`` with all that is wrong.
    public init(_ file: String? = nil) throws(ConfigurationError) {
        let path = file ?? Configuration.defaultFile
        try self.init(optionalText: Configuration.read(path, mayBeMissing: file == nil), path: path)
    }

    /// Reads the text of a file.
    ///
    /// - Throws: ``ConfigurationError`` with all that is wrong.
    public init(text: String, path: String) throws(ConfigurationError) {
        try self.init(optionalText: text, path: path)
    }

    private init(optionalText text: String?, path: String) throws(ConfigurationError) {
        self.path = path
        exists = text != nil
        var parser = ConfigurationParser(file: path)
        configuration = try parser.parse(text ?? "")
        positions = parser.positions
    }

    /// The pool of a name; `nil`: there is none beside `default`.
    public func pool(named name: String) -> PoolConfiguration? {
        configuration.pools.first { $0.name.text == name }
    }

    /// The names of all pools, `default` first.
    public var poolNames: [String] { [PoolName.standard.text] + configuration.pools.map(\.name.text) }

    /// The line on which a setting is, in the daemon's section or in a pool's; 1 when it is not in the file.
    func line(of setting: Setting, in pool: PoolConfiguration? = nil) -> Int {
        positions.line(of: section(of: setting, in: pool).split(separator: ".").map(String.init) + [setting.key])
    }

    /// What the section of a setting is called in the file.
    func section(of setting: Setting, in pool: PoolConfiguration?) -> String {
        pool?.section(setting.section) ?? setting.section
    }
}
