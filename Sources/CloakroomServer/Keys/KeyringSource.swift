// SPDX-License-Identifier: Apache-2.0

public import CloakroomSystem
public import CloakroomConfiguration
public import CloakroomCrypto
import Glibc

/// All sources of a pool's keyring: those of `[key]`, whose first key seals, and those of `[previous_key]`.
///
/// Make those of all pools before the first is read: each notes its environment variables, which commands do not get.
public struct KeyringSource: Sendable {
    /// A key, and where it came from.
    public struct Entry: Sendable {
        /// The key.
        public let key: MasterKey
        /// Where it came from.
        public let source: KeySource
    }

    /// The sources in the order of their keys, at least one.
    public let sources: [KeySource]
    /// The key file that an administrator may change to add or retire a key: that of the first source when it is a file, or
    /// the file that the shipped service passes a copy of, if there is one.
    public let editableFile: String?

    /// Finds the sources that a configuration means. For `[key]` the first that applies: what the configuration file or the
    /// command line sets; the credential, when systemd passes one of that name; the default file. For `[previous_key]` what
    /// is set.
    ///
    /// - Parameter credentialsDirectory: the value of `$CREDENTIALS_DIRECTORY`.
    /// - Throws: ``KeySourceError`` when a credential is asked for and there are none, or when others can get at the default
    ///   file, which the credential is a copy of as we ship the service.
    public init(
        _ configuration: Configuration,
        credentialsDirectory: String? = ProcessEnvironment.value(of: "CREDENTIALS_DIRECTORY")
    ) throws(KeySourceError) {
        let selection = KeySelection(credentialsDirectory: credentialsDirectory ?? "")
        let first = try selection.sources(of: configuration.key, in: configuration)
        sources = try first + selection.previous(configuration.previousKey)
        editableFile = Self.editableFile(first.first, configuration.key)
        KeyVariables.note(configuration.key.environment + configuration.previousKey.environment)
    }

    /// Whether ``read()`` finds all that was changed while the process runs. Otherwise a change needs a restart.
    public var rereadsOnReload: Bool { sources.allSatisfy(\.isReadAnew) }

    /// Reads all keys into the secure heap, which has to be prepared. May be called again. Blocks for as long as commands
    /// take.
    ///
    /// - Throws: ``KeySourceError`` for a source that is refused; `CryptoError` of code `keyring` when a key is there twice,
    ///   or when the secure heap is full.
    public func read() throws -> Keyring { try Keyring(entries().map(\.key)) }

    /// As ``read()``, with the source of each key.
    public func entries() throws -> [Entry] {
        var entries: [Entry] = []
        for source in sources {
            for key in try source.keys() {
                if let other = entries.first(where: { $0.key.id == key.id }) {
                    throw CryptoError(
                        .keyring,
                        "\(key) is in the keyring twice, from \(other.source) and from \(source): remove one of them"
                    )
                }
                entries.append(Entry(key: key, source: source))
            }
        }
        return entries
    }

    private static func editableFile(_ source: KeySource?, _ key: Configuration.Key) -> String? {
        switch source {
        case .file(let path): return path
        case .credential(let path):
            guard path.hasSuffix("/" + Configuration.Key.defaultCredential), let file = key.files.first,
                access(file, F_OK) == 0
            else { return nil }
            return file
        case .environment, .command, nil: return nil
        }
    }
}

extension KeyringSource: CustomStringConvertible {
    /// The sources as an operator knows them.
    public var description: String { sources.map(\.description).joined(separator: ", ") }
}
