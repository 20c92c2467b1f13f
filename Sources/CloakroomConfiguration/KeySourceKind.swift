// SPDX-License-Identifier: Apache-2.0

/// The kinds of source that a section of the configuration can name, by the names of their settings.
package enum KeySourceKind: String, CaseIterable {
    case file
    case credential
    case environment
    case command

    /// The kinds that the configuration file or the command line gave in a section, and that are not empty.
    package static func given(in section: String, _ key: Configuration.Key, of configuration: Configuration)
        -> [KeySourceKind]
    {
        allCases.filter { configuration.explicit.contains("\(section).\($0.rawValue)") && !$0.values(of: key).isEmpty }
    }

    package func values(of key: Configuration.Key) -> [String] {
        switch self {
        case .file: key.files
        case .credential: key.credentials
        case .environment: key.environment
        case .command: key.command
        }
    }
}
