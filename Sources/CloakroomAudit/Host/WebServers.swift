// SPDX-License-Identifier: Apache-2.0

/// What the configurations of nginx and Apache say of the directories that they show, as far as single lines tell.
public struct WebServers: Sendable {
    /// A setting of PHP that nginx gives to FPM with each request.
    public struct RequestSetting: Hashable, Sendable {
        /// `PHP_VALUE` or `PHP_ADMIN_VALUE`.
        public let parameter: String
        /// The settings, one a line.
        public let text: String
        /// Where.
        public let location: FileLocation
    }

    private static let nginx = [
        "/etc/nginx/nginx.conf", "/etc/nginx/conf.d/*.conf", "/etc/nginx/sites-enabled/*", "/etc/nginx/snippets/*",
        "/etc/nginx/fastcgi_params", "/etc/nginx/fastcgi.conf",
    ]
    private static let apache = [
        "/etc/apache2/apache2.conf", "/etc/apache2/conf-enabled/*.conf", "/etc/apache2/sites-enabled/*",
        "/etc/httpd/conf/httpd.conf", "/etc/httpd/conf.d/*.conf",
    ]
    /// Where distributions have them.
    private static let usual = ["/var/www/html", "/usr/share/nginx/html", "/srv/www/htdocs", "/srv/http"]

    /// The directories that are shown, without symbolic links and in order.
    public let roots: [String]
    /// Whether a site speaks HTTPS.
    public let hasTLS: Bool
    /// What nginx sets in requests.
    public let requestSettings: [RequestSetting]

    /// Reads a host's.
    public init(in tree: HostTree) {
        var reader = Reader()
        for path in Self.nginx.flatMap({ tree.paths(matching: $0) }) {
            if let text = tree.text(of: path) { reader.readNginx(text, of: path) }
        }
        for path in Self.apache.flatMap({ tree.paths(matching: $0) }) {
            if let text = tree.text(of: path) { reader.readApache(text) }
        }
        let found = (reader.roots + Self.usual).filter { $0.hasPrefix("/") && !$0.contains("$") }.compactMap { root in
            tree.target(of: root).flatMap { $0.status.kind == .directory ? $0.path : nil }
        }
        roots = Set(found).subtracting(["/"]).sorted()
        hasTLS = reader.hasTLS
        requestSettings = reader.requestSettings
    }

    /// The directory that is shown and holds a path without symbolic links; `nil`: none.
    public func root(of path: String) -> String? { roots.first { path == $0 || path.hasPrefix($0 + "/") } }

    private struct Reader {
        var roots: [String] = []
        var hasTLS = false
        var requestSettings: [RequestSetting] = []

        mutating func readNginx(_ text: String, of path: String) {
            for (words, line) in NginxStatements.split(text) {
                switch words.first {
                case "root", "alias": roots += words.dropFirst().prefix(1)
                case "listen" where words.contains("ssl"): hasTLS = true
                case "fastcgi_param" where words.count >= 3 && ["PHP_VALUE", "PHP_ADMIN_VALUE"].contains(words[1]):
                    requestSettings.append(
                        RequestSetting(parameter: words[1], text: words[2], location: FileLocation(path, line: line))
                    )
                default: break
                }
            }
        }

        mutating func readApache(_ text: String) {
            for line in text.split(separator: "\n") {
                let words = CommandWords.split(line.trimmingSpaces)
                switch words.first?.lowercased() {
                case "documentroot": roots += words.dropFirst().prefix(1)
                case "sslengine" where words.count > 1 && words[1].lowercased() == "on": hasTLS = true
                default: break
                }
            }
        }
    }
}
