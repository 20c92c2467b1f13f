// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// Asks running pools of PHP-FPM on this host what holds in them, through `probe.php` of the PHP client.
public struct PoolProbe: Sendable {
    /// How long a pool may take.
    public static let limit = Duration.seconds(3)
    private static let name = "probe.php"
    private static let directories = ["/usr/share/php/Cloakroom", "/usr/local/share/php/Cloakroom"]

    private let tree: HostTree

    /// - Parameter tree: the files of this host.
    public init(tree: HostTree) { self.tree = tree }

    /// Asks one pool.
    public func ask(_ runtime: PHPRuntime) -> ProbeOutcome {
        guard let pool = runtime.pool else { return .notAsked(reason: "it is no pool of PHP-FPM") }
        guard let address = FastCGIAddress(listen: pool.listen) else {
            return .notAsked(reason: "\"\(pool.listen)\" is no address")
        }
        guard address != .network else {
            return .notAsked(reason: "it listens on \(pool.listen), and only this host is asked")
        }
        guard let script = script(runtime) else {
            return .notAsked(reason: "Cloakroom's PHP client, with \(Self.name), is not installed")
        }
        if let reason = hindrance(runtime, pool, script) { return .notAsked(reason: reason) }
        return ask(runtime, address, script)
    }

    /// Where the script is: beside the file that is prepended, or where the PHP client is installed.
    private func script(_ runtime: PHPRuntime) -> String? {
        let prepended = runtime.settings.text("auto_prepend_file", default: "")
        let beside = prepended.lastIndex(of: "/").map { String(prepended[..<$0]) }
        return ([beside].compactMap(\.self) + Self.directories).map { "\($0)/\(Self.name)" }
            .first { tree.target(of: $0)?.status.kind == .file }
    }

    private func hindrance(_ runtime: PHPRuntime, _ pool: PHPRuntime.Pool, _ script: String) -> String? {
        if !pool.chroot.isEmpty, tree.target(of: pool.chroot + script) == nil {
            return "it has changed its root to \(pool.chroot), where \(script) is not"
        }
        let bases = runtime.settings.text("open_basedir", default: "").split(separator: ":")
        if !bases.isEmpty, !bases.contains(where: { script.hasPrefix($0) }) {
            return "open_basedir keeps it from \(script)"
        }
        let extensions = pool.directives["security.limit_extensions"]?.text ?? ".php"
        let isAllowed = extensions.split { " ,".contains($0) }.contains(".php") || extensions.isEmpty
        return isAllowed ? nil : "security.limit_extensions keeps it from \(script)"
    }

    private func ask(_ runtime: PHPRuntime, _ address: FastCGIAddress, _ script: String) -> ProbeOutcome {
        let nonce =
            String(UInt64.random(in: .min ... .max) | 1 << 63, radix: 16)
            + String(UInt64.random(in: .min ... .max) | 1 << 63, radix: 16)
        do {
            let client = try FastCGIClient(address, limit: Self.limit)
            let reply = try client.ask(Self.parameters(runtime, script, nonce))
            return Self.outcome(reply, nonce)
        } catch {
            return Self.outcome(error)
        }
    }

    /// As a web server would have them, and two that no browser can set.
    private static func parameters(_ runtime: PHPRuntime, _ script: String, _ nonce: String) -> [(
        name: String, value: String
    )] {
        [
            ("GATEWAY_INTERFACE", "CGI/1.1"), ("SERVER_PROTOCOL", "HTTP/1.1"), ("SERVER_SOFTWARE", "cloakroomctl"),
            ("SERVER_NAME", "localhost"), ("REMOTE_ADDR", "127.0.0.1"), ("REQUEST_METHOD", "GET"), ("QUERY_STRING", ""),
            ("REQUEST_URI", "/" + name), ("SCRIPT_NAME", "/" + name), ("SCRIPT_FILENAME", script),
            ("CLOAKROOM_AUDIT", nonce),
            ("CLOAKROOM_AUDIT_SAVE_PATH", SettingsComparison.savePath(runtime)),
        ]
    }

    /// What an answer means.
    package static func outcome(_ reply: FastCGIReply, _ nonce: String) -> ProbeOutcome {
        let errors = PlainText.line(String(decoding: reply.errors, as: UTF8.self))
        let complaint = errors.isEmpty ? "" : " (\(errors))"
        guard let response = CGIResponse(reply.output) else {
            return .failed(reason: "what it answers is no response of CGI\(complaint)")
        }
        guard response.status == 200,
            let answer = try? JSONDecoder().decode(ProbeAnswer.self, from: Data(response.body)),
            answer.nonce == nonce
        else {
            return .failed(
                reason: "its answer has the status \(response.status) and is not the one asked for\(complaint)"
            )
        }
        return .answered(answer)
    }

    private static func outcome(_ error: FastCGIError) -> ProbeOutcome {
        switch error {
        case .notRunning: .notRunning
        case .notAllowed: .notAllowed
        case .late: .late
        case .lost: .failed(reason: "it closed the connection before it answered (listen.allowed_clients, or a crash)")
        case .malformed(let reason), .refused(let reason), .system(let reason): .failed(reason: reason)
        }
    }
}
