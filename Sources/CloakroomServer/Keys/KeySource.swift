// SPDX-License-Identifier: Apache-2.0

public import CloakroomCrypto

/// Where master keys come from. ``keys()`` reads them straight into the secure heap.
public enum KeySource: Equatable, Sendable {
    /// A file, by its path.
    case file(String)
    /// A credential of systemd, by the path of its file (systemd.exec(5), "CREDENTIALS").
    case credential(String)
    /// An environment variable, by its name.
    case environment(String)
    /// A program, by its path and its arguments, and how long it may take.
    case command([String], timeout: Duration)

    /// The keys of this source, in the secure heap, which has to be prepared. Blocks for as long as a command takes.
    ///
    /// - Throws: ``KeySourceError`` for a source that is refused, `CryptoError` when the secure heap is full.
    public func keys() throws -> [MasterKey] {
        switch self {
        case .file(let path):
            try decode(KeyFile(path: path, rule: .file).contents())
        case .credential(let path):
            try decode(KeyFile(path: path, rule: .credential).contents())
        case .environment(let name):
            try KeyVariables.keys(of: name) { try decode(KeyVariable(name: name).take()) }
        case .command(let arguments, let timeout):
            try decode(KeyCommand(arguments: arguments, timeout: timeout).output())
        }
    }

    /// Whether ``keys()`` finds what was changed while the process runs. Systemd copies credentials at its start, and a
    /// variable is read once.
    public var isReadAnew: Bool {
        switch self {
        case .file, .command: true
        case .credential, .environment: false
        }
    }

    private func decode(_ contents: SecureBytes) throws -> [MasterKey] {
        switch try KeyringText.decode(contents) {
        case .decoded(let keys): keys
        case .refused(let refusal): throw KeySourceError(.notKeys, "\(self): \(refusal)")
        }
    }
}

extension KeySource: CustomStringConvertible {
    /// The source as an operator knows it, such as `file /etc/cloakroom/key`.
    public var description: String {
        switch self {
        case .file(let path): "file \(path)"
        case .credential(let path): "credential \(path)"
        case .environment(let name): "environment variable \(name)"
        // Arguments may be anything, also what nobody should read in a log.
        case .command(let arguments, _): "command \(arguments.first ?? "")"
        }
    }
}
