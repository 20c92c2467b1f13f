// SPDX-License-Identifier: Apache-2.0

/// What is found below the directories that web servers show, within limits.
final class DocumentSearch: Sendable {
    /// A file that sets a save handler.
    struct Handler: Hashable, Sendable {
        let location: FileLocation
        let call: String
    }

    /// An application that is known to keep its own sessions.
    struct Application: Hashable, Sendable {
        let name: String
        let directory: String
        let place: String
    }

    /// As many files and directories as are visited.
    static let mostFiles = 100_000
    /// As many bytes as are read.
    static let mostBytes = 256 << 20
    /// As long as it may take.
    static let mostSeconds = 20
    private static let deepest = 24

    let handlers: [Handler]
    let applications: [Application]
    /// `.user.ini` and `.htaccess`.
    let directoryFiles: [String]
    /// Where the search came to a limit.
    let stopped: String?
    var isIncomplete: Bool { stopped != nil }

    /// The files by which an application is known.
    private static let known: [(name: String, file: String, place: String)] = [
        ("Laravel", "vendor/laravel/framework/src/Illuminate/Session/SessionManager.php", "config/session.php"),
        ("Magento", "lib/internal/Magento/Framework/Session/SaveHandler.php", "app/etc/env.php"),
        ("Magento", "vendor/magento/framework/Session/SaveHandler.php", "app/etc/env.php"),
        ("Drupal", "core/lib/Drupal/Core/Session/SessionHandler.php", "its database"),
        ("MediaWiki", "includes/session/SessionManager.php", "$wgSessionCacheType"),
        ("Moodle", "lib/classes/session/manager.php", "its database or $CFG->session_handler_class"),
    ]

    private struct Walk {
        var handlers: [Handler] = []
        var applications: [Application] = []
        var directoryFiles: [String] = []
        var stopped: String?
        var files = 0
        var bytes = 0
        var seen: Set<String> = []
        let end = ContinuousClock.now + .seconds(DocumentSearch.mostSeconds)
    }

    /// Searches.
    init(in tree: HostTree, roots: [String]) {
        var walk = Walk()
        for root in Self.starts(roots) { Self.search(root, depth: 0, in: tree, &walk) }
        handlers = walk.handlers
        applications = walk.applications
        directoryFiles = walk.directoryFiles
        stopped = walk.stopped
    }

    /// What a host's search has found; it is done once.
    static func shared(for host: AuditedHost) -> DocumentSearch {
        host.documents.value(in: host.tree, roots: host.web.roots)
    }

    /// Frameworks show a directory of the application alone: the rest is beside it.
    private static func starts(_ roots: [String]) -> [String] {
        let shown: Set<String> = ["public", "web", "pub", "htdocs", "public_html", "www", "webroot"]
        let all = roots.map { root -> String in
            let parts = root.split(separator: "/")
            guard parts.count > 2, let last = parts.last, shown.contains(String(last)) else { return root }
            return "/" + parts.dropLast().joined(separator: "/")
        }
        return Set(all).sorted()
    }

    private static func search(_ path: String, depth: Int, in tree: HostTree, _ walk: inout Walk) {
        guard walk.stopped == nil, depth < deepest, walk.seen.insert(path).inserted else { return }
        for (name, file, place) in known where tree.target(of: path + "/" + file)?.status.kind == .file {
            walk.applications.append(Application(name: name, directory: path, place: place))
        }
        for name in tree.names(in: path) ?? [] {
            let file = path + "/" + name
            walk.files += 1
            if walk.files > mostFiles || walk.bytes > mostBytes || ContinuousClock.now > walk.end {
                walk.stopped = walk.stopped ?? file
                return
            }
            // Links are not followed: they may lead anywhere.
            guard let status = tree.status(of: file) else { continue }
            switch status.kind {
            case .directory: search(file, depth: depth + 1, in: tree, &walk)
            case .file where name == ".user.ini" || name == ".htaccess": walk.directoryFiles.append(file)
            case .file where isSource(name): read(file, in: tree, &walk)
            default: break
            }
        }
    }

    private static func isSource(_ name: String) -> Bool {
        [".php", ".inc", ".phtml", ".module"].contains { name.hasSuffix($0) }
    }

    private static func read(_ path: String, in tree: HostTree, _ walk: inout Walk) {
        guard let bytes = tree.contents(of: path) else { return }
        walk.bytes += bytes.count
        guard let (call, line) = PHPSource.handlerCall(in: bytes) else { return }
        walk.handlers.append(Handler(location: FileLocation(path, line: line), call: call))
    }
}
