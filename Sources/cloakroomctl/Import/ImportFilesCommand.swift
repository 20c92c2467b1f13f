// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import ArgumentParser
import CloakroomAdmin
import CloakroomImport

struct ImportFilesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "files",
        abstract: "Take over the files sess_* of PHP's own handler.",
        discussion: """
            Only regular files with one name that belong to a user of the pool are taken; links, other files, and files that a \
            process has locked are left. Run it as root, as nobody else may read them all.
            """
    )

    @Argument(help: "The directory, also as N;/path or N;MODE;/path as in session.save_path.")
    var directory = "/var/lib/php/sessions"

    @Option(help: "How many levels of directories there are in it, the N of session.save_path.")
    var depth: Int?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Take files of these users, by name or number; otherwise of those that the configuration names for the pool.",
            valueName: "user"
        )
    )
    var owner: [String] = []

    @Flag(help: "Overwrite originals with zeros before they are removed.")
    var overwrite = false

    @OptionGroup var options: ImportOptions

    func validate() throws {
        guard let path = SavePath(directory) else {
            throw ValidationError("\"\(directory)\" is no directory, and no save path N;/path with N from 0 to 9")
        }
        if let depth, !(0...SavePath.greatestDepth).contains(depth) {
            throw ValidationError("--depth is 0 to \(SavePath.greatestDepth)")
        }
        if let depth, path.depth > 0, path.depth != depth {
            throw ValidationError("the directory says \(path.depth) levels, and --depth \(depth)")
        }
        if overwrite, options.keep {
            throw ValidationError("--keep leaves what --overwrite overwrites: give one of them")
        }
    }

    func run() throws {
        guard var path = SavePath(directory) else { throw CommandError("\"\(directory)\" is no save path") }
        if let depth { path = SavePath(directory: path.directory, depth: depth) }
        let run = try ImportRun(options)
        let owners = try owners(run.terms)
        var files = SessionFileSource.Options(
            owners: owners,
            lifetime: options.lifetime,
            maximumData: run.terms.maximumData
        )
        files.overwrites = overwrite && !options.dryRun
        try run.run(try SessionFileSource(path, files))
    }

    private func owners(_ terms: ImportReply.Terms) throws -> FileOwners {
        guard owner.isEmpty else { return FileOwners(users: try owner.map { try FileOwners.user($0) }) }
        let owners = FileOwners(users: terms.users, groups: terms.groups)
        guard !owners.isEmpty else {
            throw CommandError(
                "the configuration names no user of pool \(options.pool) that this system has: name the owners of the files "
                    + "with --owner"
            )
        }
        return owners
    }
}
