// SPDX-License-Identifier: Apache-2.0

/// What the crash scenario counts.
struct CrashTally {
    /// Sessions that are not as the last answer said.
    struct Differences: Equatable, CustomStringConvertible {
        var lost = 0
        var unreadable = 0
        var resurrected = 0
        var wrong = 0

        var description: String {
            "\(lost) lost, \(unreadable) unreadable, \(resurrected) resurrected, \(wrong) wrong"
        }

        static func += (left: inout Differences, right: Differences) {
            left.lost += right.lost
            left.unreadable += right.unreadable
            left.resurrected += right.resurrected
            left.wrong += right.wrong
        }
    }

    var kills = 0
    var killsAtStart = 0
    var acknowledged = 0
    var repeats = 0
    var differences = Differences()

    func show(on stage: Stage) {
        stage.figure("kills", kills)
        stage.figure("while starting", killsAtStart)
        stage.figure("changes acknowledged", acknowledged)
        stage.figure("repeated", repeats)
        stage.figure("lost", differences.lost)
        stage.figure("unreadable", differences.unreadable)
        stage.figure("resurrected", differences.resurrected)
        stage.figure("wrong", differences.wrong)
    }
}
