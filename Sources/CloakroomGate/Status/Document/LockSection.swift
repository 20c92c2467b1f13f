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

    // On a phone the table is shown as a list, and browsers take it for no table then, unless its parts say what they are.
    private var table: Markup {
        let heads = ["Session", "What", "Process", "Request", "For"].map { name -> Markup in
            "<th scope=\"col\" role=\"columnheader\"\(name == "For" ? " class=\"number\"" as Markup : "")>\(name)</th>"
        }
        let more: Markup? = held > locks.count ? "<p class=\"note\">And \(held - locks.count) more locks.</p>" : nil
        return """
            <p class="note">A lock belongs to one request at a time; the next of the same session waits until it ends. \
            Those that somebody waits for come first.</p>
            <table class="locks" role="table">
            <thead role="rowgroup"><tr role="row">\(heads)</tr></thead>
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
        let more: Markup? =
            rest > 0
            ? "<tr role=\"row\" class=\"waits\"><td role=\"cell\" colspan=\"4\">and \(rest) more wait</td></tr>" : nil
        return """
            <tbody role="rowgroup" class="\(lock.waiting > 0 ? "contended" : "free")">
            <tr role="row"><th scope="rowgroup" role="rowheader" rowspan="\(rows)"><code>\(lock.tag)</code> \(user) \
            <span class="pool">pool <bdi>\(lock.pool)</bdi></span></th>\(Self.cells("holds", lock.holder))</tr>
            \(shown.map { "<tr role=\"row\" class=\"waits\">\(Self.cells("waits", $0))</tr>\n" as Markup })\(more)</tbody>

            """
    }

    private static func cells(_ what: String, _ client: LockRow.Client) -> Markup {
        let time = HumanText.duration(milliseconds: UInt64(clamping: client.milliseconds))
        let request: Markup =
            client.request.isEmpty ? "<span class=\"unknown\">not said</span>" : "<bdi>\(client.request)</bdi>"
        return """
            <td role="cell"><span class="\(what)">\(what)</span></td><td role="cell" class="process">\(String(client.pid))</td>\
            <td role="cell" class="request">\(request)</td>\
            <td role="cell" class="number">\(time)</td>
            """
    }
}
