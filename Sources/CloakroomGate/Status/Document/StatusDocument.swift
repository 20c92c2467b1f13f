// SPDX-License-Identifier: Apache-2.0

import CloakroomStatus

/// The status as one page that needs nothing else. It is complete without its script. The script fetches the page anew, and puts the
/// new sections in the place of the old ones: so they are made in one place only, here. What it draws it takes from the JSON that is in it.
struct StatusDocument {
    let status: GateStatus
    let nonce: ScriptNonce

    init(_ status: GateStatus, nonce: ScriptNonce) {
        self.status = status
        self.nonce = nonce
    }

    /// The HTML.
    var text: String {
        let summary = StatusSummary(status)
        let markup: Markup = """
            <!doctype html>
            <!-- SPDX-License-Identifier: Apache-2.0 -->
            <html lang="en">
            \(head(summary))
            <body>
            <header>
            <h1>Cloakroom</h1>
            \(summary.markup)
            \(asOf)
            </header>
            <main id="main">
            \(summary.warnings)
            \(GlanceSection(status).markup)
            \(status.snapshot.map { _ in ChartSection.markup })
            \(status.snapshot.map { LockSection($0.locks, held: $0.report.pools.reduce(0) { $0 + $1.locks.held }).markup })
            \(pools)
            \(ProcessSection(status).markup)
            </main>
            <footer><p>The same as <a href="?">text</a>, <a href="?json">JSON</a>, <a href="?openmetrics">metrics</a>.</p></footer>
            <script type="application/json" id="data">\(json: StatusJSON.text(of: status))</script>
            <script nonce="\(nonce.text)">\(embedded: PackageResources.page_js)</script>
            </body>
            </html>

            """
        return markup.text
    }

    private func head(_ summary: StatusSummary) -> Markup {
        """
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Cloakroom: \(summary.title)</title>
        <link rel="icon" href="data:,">
        <noscript><meta http-equiv="refresh" content="10"></noscript>
        <style nonce="\(nonce.text)">\(embedded: PackageResources.page_css)</style>
        </head>
        """
    }

    /// When this was so, by the clock of the daemon's machine; the script shows the browser's time instead.
    private var asOf: Markup {
        guard let daemon = status.snapshot?.report.daemon else { return "<p id=\"as-of\"></p>" }
        let time = UInt64(clamping: Int64(clamping: daemon.time) - daemon.clockLead / 1000) % 86_400
        let parts = [time / 3600, time / 60 % 60, time % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return "<p id=\"as-of\">\(parts.joined(separator: ":")) UTC</p>"
    }

    private var pools: Markup {
        let pools = status.snapshot?.report.pools ?? []
        return "<div id=\"pools\">\(pools.map { PoolSection($0).markup })</div>"
    }
}
