// SPDX-License-Identifier: Apache-2.0

extension DaemonStatus {
    /// What of it wants attention.
    public var warnings: [StatusWarning] { [ofConnections, ofKeyMemory, ofClock].compactMap(\.self) }

    private var ofConnections: StatusWarning? {
        guard Double(connections) >= StatusThreshold.nearlyAll * Double(connectionLimit) else { return nil }
        return StatusWarning(
            .connections,
            "there are \(connections) connections of \(connectionLimit): raise limits.connections (and LimitNOFILE= of the "
                + "unit), or lower pm.max_children of PHP-FPM"
        )
    }

    private var ofKeyMemory: StatusWarning? {
        guard Double(keyMemory) >= StatusThreshold.nearlyAll * Double(keyMemorySize) else { return nil }
        return StatusWarning(
            .keyMemory,
            "\(keyMemory) of the \(keyMemorySize) bytes of locked memory for keys are in use: look for sessions that are held "
                + "open, and report this"
        )
    }

    private var ofClock: StatusWarning? {
        guard clockLead.magnitude > StatusThreshold.clockLead.magnitude else { return nil }
        return StatusWarning(
            .clock,
            as: .notice,
            "the system's clock was set \(clockLead.magnitude / 1000) s \(clockLead > 0 ? "back" : "forward"); sessions last as "
                + "long as they should, and go by it again once the machine was restarted"
        )
    }
}
