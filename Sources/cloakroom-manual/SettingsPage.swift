// SPDX-License-Identifier: Apache-2.0

import CloakroomConfiguration

/// The page of the configuration file.
struct SettingsPage {
    let page: ManualPage

    private static let introduction: [HelpText.Block] = [
        .paragraph(
            "This file says what cloakroomd(8) does. It is read from \(Configuration.defaultFile), or from where --config "
                + "says. Every setting has a default, so the file may be empty or missing. A section or key that does not "
                + "exist is an error, and so is a value that a setting cannot have."
        ),
        .paragraph(
            "It is TOML (https://toml.io/en/v1.0.0): text stands in quotation marks, lists in brackets, and sections "
                + "begin with their name in brackets:"
        ),
        .verbatim([
            "[sessions]", "lock_wait = 20", "idle_timeout = \"php\"", "", "[server]",
            "users = [\"www-data\", \"shop\"]",
        ]),
        .paragraph(
            "\"cloakroomctl config check\" says what is wrong with it, and \"cloakroomctl config show\" what it comes to. "
                + "\"cloakroomd --check\" reads the keys too. Changes of log.level and of keys take effect with "
                + "\"cloakroomctl reload\", all others with a restart."
        ),
    ]

    init(_ commented: CommentedConfiguration) {
        var page = ManualPage("cloakroom.toml", section: 5, summary: "configuration of cloakroomd")
        page.heading("Synopsis")
        page.body([.paragraph(Configuration.defaultFile)])
        page.heading("Description")
        page.body(Self.introduction)
        page.heading("Sections")
        for section in Setting.sections {
            Self.describe(section, Setting.all.filter { $0.section == section }, commented, &page)
        }
        let pools = "pools.NAME"
        Self.describe(pools, Setting.pool, commented, &page)
        for section in commented.introductions.keys.sorted() where section.hasPrefix("\(pools).") {
            Self.describe(section, [], commented, &page)
        }
        page.heading("Files")
        page.entry(Roff.italic(Configuration.defaultFile), "The file, as installed with every setting commented out.")
        page.heading("Examples")
        page.body([
            .paragraph("Two sites that are kept apart, one with a key of its own:"),
            .verbatim([
                "[server]", "users = [\"www-data\"]", "", "[pools.shop]", "unix_users = [\"shop\"]", "",
                "[pools.shop.key]", "file = \"/etc/cloakroom/shop.key\"", "", "[pools.shop.sessions]",
                "preset = \"aal2\"",
            ]),
        ])
        page.seeAlso(["cloakroomctl-config(8)", "cloakroomctl(8)", "cloakroomd(8)", "systemd.exec(5)"])
        self.page = page
    }

    private static func describe(
        _ section: String,
        _ settings: [Setting],
        _ commented: CommentedConfiguration,
        _ page: inout ManualPage
    ) {
        page.subheading("[\(section)]")
        page.body((commented.introductions[section] ?? []).map { .paragraph($0) })
        // What is the same for all of them is said once.
        let scopes = Set(settings.compactMap(\.scope))
        let isMixed = scopes.count > 1
        if !isMixed, let scope = scopes.first { page.body([.paragraph(scope.ofSection)]) }
        for group in commented.groups[section] ?? [] {
            let members = group.keys.compactMap { key in settings.first { $0.key == key } }
            // A comment on several settings stands above them, and each has what it is in short.
            if members.count > 1 { page.body(group.comment.map { .paragraph($0) }) }
            for setting in members {
                let text = members.count > 1 || group.comment.isEmpty ? [setting.summary] : group.comment
                page.entry(Roff.bold(setting.key), text.map { .paragraph($0) }, facts: setting.facts(isMixed))
            }
        }
    }
}

extension Setting {
    /// What it is to pools; `nil`: it is a pool's.
    fileprivate var scope: PoolScope? { section == Setting.poolSection ? nil : poolScope }

    /// What it accepts, what it is by default, and whether pools can have it, where that is not the same for its section.
    fileprivate func facts(_ isMixed: Bool) -> String {
        let facts = ["Value: \(kind.words).", "Default: \(defaultValue.rendered)."]
        return (isMixed ? facts + [scope?.ofSetting].compactMap(\.self) : facts).joined(separator: " ")
    }
}

extension Setting.PoolScope {
    /// What it means for a setting.
    fileprivate var ofSetting: String {
        switch self {
        case .inherited: "A pool may have its own."
        case .replaced: "A pool may have its own, and then has none of the daemon's keys."
        case .daemon: "It holds for the whole daemon."
        }
    }

    /// What it means for a section.
    fileprivate var ofSection: String {
        switch self {
        case .inherited: "A pool may have its own of each of these settings."
        case .replaced: "A pool that sets any of them has none of the daemon's keys."
        case .daemon: "These settings hold for the whole daemon."
        }
    }
}

extension Setting.Kind {
    /// What is accepted, for people.
    fileprivate var words: String {
        switch self {
        case .text: "text"
        case .path: "an absolute path"
        case .texts: "text, or a list of texts; an empty one means none"
        case .paths(let isOptional):
            "an absolute path, or a list of absolute paths" + (isOptional ? "; an empty one means none" : "")
        case .command: "a list of texts, a program's absolute path and its arguments; an empty one means none"
        case .choice(let words): "one of \(words.map(Self.quoted).joined(separator: ", "))"
        case .mode: "octal digits as text, \"0\" to \"0777\""
        case .integer(let range, let unit): Self.number(range, unit)
        case .pathOrNone: "an absolute path, or \"\" for none"
        case .users: "a list of user names and numeric user ids"
        case .groups: "a list of group names and numeric group ids"
        case .secondsOr(let range, let words):
            "\(Self.number(range, "seconds")), or \(words.map(Self.quoted).joined(separator: " or "))"
        case .savePath:
            "as PHP's session.save_path for files: \"/path\" or \"N;/path\" or \"N;MODE;/path\"; \"\" means none"
        case .sessionKey: "a key of $_SESSION as text, or several with dots between; \"\" means none"
        case .networks: "a list of networks such as \"192.0.2.0/24\" and \"2001:db8::/32\""
        }
    }

    private static func quoted(_ word: String) -> String { "\"\(word)\"" }

    private static func number(_ range: ClosedRange<Int>, _ unit: String) -> String {
        "a whole number\(unit.isEmpty ? "" : " of \(unit)"), \(range.lowerBound) to \(range.upperBound)"
    }
}
