// SPDX-License-Identifier: Apache-2.0

/// The directories whose files web servers give to everybody.
struct WebRoots: Sendable {
    /// Where distributions and handbooks put sites.
    private static let usual = [
        "/var/www", "/srv/www", "/usr/share/nginx/html", "/usr/local/apache2/htdocs", "/srv/http",
    ]
    private static let configurations = [
        "/etc/nginx/nginx.conf", "/etc/nginx/conf.d", "/etc/nginx/sites-enabled", "/etc/apache2/apache2.conf",
        "/etc/apache2/sites-enabled", "/etc/apache2/conf-enabled", "/etc/httpd/conf/httpd.conf", "/etc/httpd/conf.d",
        "/etc/lighttpd/lighttpd.conf", "/etc/lighttpd/conf-enabled",
    ]
    private static let directives: Set<Substring> = ["root", "documentroot", "server.document-root"]

    private let directories: [String]

    init(in tree: HostTree) {
        let files = Self.configurations.flatMap { path in
            tree.names(in: path)?.map { "\(path)/\($0)" } ?? [path]
        }
        let named = files.flatMap { Self.roots(in: tree.text(of: $0) ?? "") }
        directories = (Self.usual + named).map { tree.target(of: $0)?.path ?? $0 }
    }

    /// The web root in which a path is; the path has no links in it.
    func root(of path: String) -> String? {
        directories.first { path == $0 || path.hasPrefix($0.hasSuffix("/") ? $0 : $0 + "/") }
    }

    private static func roots(in text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            let words = line.split { " \t=;\"'".contains($0) }
            guard words.count >= 2, directives.contains(Substring(words[0].lowercased())) else { return nil }
            // "/" would make the whole host a web root: then everything else is wrong first.
            return words[1].hasPrefix("/") && words[1].count > 1 ? String(words[1]) : nil
        }
    }
}
