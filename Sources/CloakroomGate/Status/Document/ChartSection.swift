// SPDX-License-Identifier: Apache-2.0

/// The places in which the script draws. They are shown when it runs.
enum ChartSection {
    private static let charts: [(id: String, title: String, what: String)] = [
        ("requests", "Requests per second", "By kind."),
        (
            "latency", "Latency of the last minute",
            "By kind: p99 as a line, p50 dotted. Each step of the scale is ten times the last."
        ),
        ("refusals", "Refusals per second", "By reason."),
        ("sessions", "Sessions", "By pool."),
    ]

    static var markup: Markup {
        """
        <section id="charts" aria-labelledby="charts-title">
        <div class="title"><h2 id="charts-title">Live</h2>
        <label id="choice" hidden>Pool <select><option value="">all</option></select></label></div>
        <div class="charts">\(charts.map(chart))</div>
        </section>
        """
    }

    private static func chart(_ chart: (id: String, title: String, what: String)) -> Markup {
        """
        <figure id="\(chart.id)" class="card">
        <figcaption><h3>\(chart.title)</h3><p>\(chart.what)</p></figcaption>
        <div class="plot"><p class="note">Collecting: the first points come in 4 s.</p></div>
        <ul class="legend"></ul>
        </figure>

        """
    }
}
