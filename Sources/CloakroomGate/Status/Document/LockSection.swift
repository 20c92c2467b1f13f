// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStatus

/// Who has a lock, and who waits for it.
struct LockSection {
    /// So many waiters of a lock are shown, and how many more there are.
    private static let mostWaiters = 8

    private let locks: [LockRow]
    private let held: Int

    /// Shows some locks, of so many that are held.
    init(_ locks: [LockRow], held: Int) {
        self.locks = locks
        self.held = held
    }

    var markup: Markup {
        """
        <section id="locks" class="card" aria-labelledby="locks-title">
        <h2 id="locks-title">Who is blocking whom</h2>
        \(locks.isEmpty ? "<p class=\"note\">No lock is held, and nobody waits for one.</p>" : table)
        </section>
        """
    }

    private var table: Markup {
        let more: Markup? = held > locks.count ? "<p class=\"note\">And \(held - locks.count) more locks.</p>" : nil
        return """
            <p class="note">A lock belongs to one request at a time; the next of the same session waits until it ends. \
            Those that somebody waits for come first.</p>
            <table class="locks">
            <thead><tr><th scope="col">Session</th><th scope="col">What</th><th scope="col">Process</th>\
            <th scope="col">Request</th><th scope="col" class="number">For</th></tr></thead>
            \(locks.map(group))
            </table>
            \(more)
            """
    }

    private func group(_ lock: LockRow) -> Markup {
        let shown = lock.waiters.prefix(Self.mostWaiters)
        let rest = lock.waiting - shown.count
        let rows = 1 + shown.count + (rest > 0 ? 1 : 0)
        let user: Markup =
            lock.user.map { "<bdi class=\"user\">\($0)</bdi>" } ?? "<span class=\"user\">user not known</span>"
        let more: Markup? = rest > 0 ? "<tr class=\"waits\"><td colspan=\"4\">and \(rest) more wait</td></tr>" : nil
        return """
            <tbody\(lock.waiting > 0 ? " class=\"contended\"" : "")>
            <tr><th scope="rowgroup" rowspan="\(rows)"><code>\(lock.tag)</code> \(user) \
            <span class="pool">pool <bdi>\(lock.pool)</bdi></span></th>\(Self.cells("holds", lock.holder))</tr>
            \(shown.map { "<tr class=\"waits\">\(Self.cells("waits", $0))</tr>\n" as Markup })\(more)</tbody>

            """
    }

    private static func cells(_ what: String, _ client: LockRow.Client) -> Markup {
        let time = HumanText.duration(milliseconds: UInt64(clamping: client.milliseconds))
        let request: Markup =
            client.request.isEmpty ? "<span class=\"unknown\">not said</span>" : "<bdi>\(client.request)</bdi>"
        return """
            <td><span class="\(what)">\(what)</span></td><td>\(String(client.pid))</td><td class="request">\(request)</td>\
            <td class="number">\(time)</td>
            """
    }
}
