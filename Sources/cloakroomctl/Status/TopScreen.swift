// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomStatus
import Glibc

/// What "top" shows on a terminal.
struct TopScreen {
    /// What is wrong with what is shown.
    var notice: String?

    private let terminal: Terminal
    private let style = TextStyle.ofOutput
    private var sample: TopSample
    // The pool whose latencies are shown.
    private var selected = 0

    init(_ sample: TopSample, on terminal: Terminal) {
        self.sample = sample
        self.terminal = terminal
    }

    /// The sample for people.
    var text: TopText { TopText(sample, style) }

    /// Takes the next status.
    mutating func take(_ report: StatusReport) {
        sample = TopSample(report, after: sample.report)
        selected = min(selected, max(0, sample.pools.count - 1))
        notice = nil
    }

    func show() {
        let size = Terminal.size
        terminal.show(text.screen(rows: size.rows, columns: size.columns, selected: selected, notice: notice))
    }

    /// Shows the same until the next figures are due or wanted, as keys and signals want it; answers whether they are.
    mutating func isWatched(_ events: TopEvents, until due: ContinuousClock.Instant) -> Bool {
        while true {
            switch events.next(until: due) {
            case .due, .refresh: return true
            case .quit: return false
            case .resize: break
            case .move(let step):
                let pools = max(1, sample.pools.count)
                selected = (selected + step + pools) % pools
            case .suspend:
                terminal.giveBack()
                kill(getpid(), SIGSTOP)
                terminal.take()
            }
            show()
        }
    }
}
