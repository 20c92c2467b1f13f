// SPDX-License-Identifier: Apache-2.0

/// Settings with which sessions get past Cloakroom's prepended file.
public struct PrependGaps: AuditCheck {
    static let autoStart = "prepend-after-auto-start"
    static let uploadProgress = "prepend-after-upload-progress"
    static let fallback = "prepend-without-save-path"
    static let overruled = "prepend-overruled"

    /// The codes of all findings that it can make.
    public static let codes = [autoStart, uploadProgress, fallback, overruled]

    private static let address = "\"unix:///run/cloakroom/php.sock\""

    /// Makes the check.
    public init() {}

    /// What it finds.
    public func findings(on host: AuditedHost) -> [Finding] {
        SessionSettings.all(on: host).filter(\.isCloakroom).flatMap { session in
            [autoStart(session), uploadProgress(session), fallback(session), overruled(session)].compactMap { $0 }
        }
    }

    private func autoStart(_ session: SessionSettings) -> Finding? {
        guard session.flag("session.auto_start") else { return nil }
        return session.finding(
            Self.autoStart,
            .medium,
            "session.auto_start",
            "PHP starts sessions before it reads the prepended file, in plain text.",
            write: "0"
        )
    }

    private func uploadProgress(_ session: SessionSettings) -> Finding? {
        guard session.flag("session.upload_progress.enabled"), !hasAddress(session) else { return nil }
        return session.finding(
            Self.uploadProgress,
            .medium,
            "session.upload_progress.enabled",
            "PHP keeps the progress of uploads in a session before it reads the prepended file, in plain text.",
            write: "0"
        )
    }

    private func fallback(_ session: SessionSettings) -> Finding? {
        guard !hasAddress(session), session.settings["session.save_path"]?.isFixed != true else { return nil }
        return session.finding(
            Self.fallback,
            .low,
            "session.save_path",
            "What PHP does before it reads the prepended file, such as keeping the progress of an upload, is done in plain text in "
                + "\(session.savePath.directory).",
            write: Self.address
        )
    }

    private func overruled(_ session: SessionSettings) -> Finding? {
        if session.settings["session.save_path"]?.isFixed == true, !hasAddress(session) {
            return session.finding(
                Self.overruled,
                .medium,
                "session.save_path",
                "The prepended file cannot change it, so an application that goes back to PHP's own handler has plain-text sessions.",
                write: Self.address
            )
        }
        if session.settings["session.lazy_write"]?.isFixed == true, session.flag("session.lazy_write") {
            return session.finding(
                Self.overruled,
                .low,
                "session.lazy_write",
                "The prepended file cannot switch it off: with some applications unchanged sessions are not extended, and end early.",
                write: "0"
            )
        }
        return nil
    }

    private func hasAddress(_ session: SessionSettings) -> Bool {
        session.settings.text("session.save_path", default: "").hasPrefix("unix://")
    }
}
