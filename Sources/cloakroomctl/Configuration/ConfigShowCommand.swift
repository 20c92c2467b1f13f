// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CloakroomConfiguration
import CloakroomCore
import Glibc

struct ConfigShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show every setting as it holds, and where it comes from.",
        discussion: """
            The output is a configuration file with the same effect: what the file does not set itself is commented out, \
            and behind each of the others is the line that sets it. Of pools it has what they set for themselves; with \
            --pool, all that holds for one. What the daemon's command line sets is not known here.
            """
    )

    /// Which settings are shown.
    enum Selection: String, EnumerableFlag {
        case all
        case changed

        static func help(for value: Selection) -> ArgumentHelp? {
            switch value {
            case .all: "Every setting."
            case .changed: "Only what the file or a preset sets."
            }
        }
    }

    @Option(help: "All that holds for one pool, with what it has from the daemon.", completion: .pools)
    var pool: String?

    @Flag var selection = Selection.all

    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        let file = try options.read()
        let settings = try settings(of: file).filter { selection == .all || $0.origin != .standard }
        let listing = ConfigurationListing(file: file, settings: settings, selection: selection)
        guard options.output.json else { return Output.write(listing.text, to: STDOUT_FILENO) }
        for entry in listing.entries { try Output.json(entry) }
    }

    private func settings(of file: ConfigurationFile) throws -> [EffectiveSetting] {
        switch pool {
        case nil: return file.settings + file.configuration.pools.flatMap { file.settings(of: $0).filter(\.isOwn) }
        case PoolName.standard.text: return file.settings
        case let name?:
            guard let pool = file.pool(named: name) else {
                let known = file.poolNames.joined(separator: ", ")
                throw CommandError("there is no pool \"\(name)\" in \(file.path); the pools are \(known)")
            }
            return file.settings(of: pool)
        }
    }
}
