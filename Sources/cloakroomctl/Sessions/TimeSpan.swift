// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// A length of time on the command line, such as `90s`, `15m`, `2h` or `30d`.
struct TimeSpan: ExpressibleByArgument {
    private static let units: [Character: UInt64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]

    let seconds: UInt64

    init?(argument: String) {
        guard let unit = argument.last.flatMap({ Self.units[$0] }), argument.first?.isNumber == true,
            let number = UInt64(argument.dropLast())
        else { return nil }
        let (seconds, overflow) = number.multipliedReportingOverflow(by: unit)
        guard !overflow else { return nil }
        self.seconds = seconds
    }
}
