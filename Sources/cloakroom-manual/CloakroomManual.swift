// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Writes the manual pages from what the programs say of their command lines, from the settings, and from the comments of the shipped
/// configuration file: `cloakroom-manual CONFIGURATION DIRECTORY`. The programs are those that were built beside it.
@main
enum CloakroomManual {
    static func main() {
        do {
            let arguments = CommandLine.arguments.dropFirst()
            guard arguments.count == 2, let configuration = arguments.first, let directory = arguments.last else {
                throw ManualError("usage: cloakroom-manual CONFIGURATION DIRECTORY")
            }
            try write(try pages(configuration), to: directory)
        } catch {
            FileHandle.standardError.write(Data("cloakroom-manual: \(error)\n".utf8))
            exit(EXIT_FAILURE)
        }
    }

    private static func pages(_ configuration: String) throws -> [ManualPage] {
        let control = try Program(named: "cloakroomctl")
        let daemon = try Program(named: "cloakroomd")
        let gate = try Program(named: "cloakroom-fcgi")
        let commented = CommentedConfiguration(try String(contentsOfFile: configuration, encoding: .utf8))
        return [ControlPage(control).page, DaemonPage(daemon).page, GatePage(gate).page, SettingsPage(commented).page]
            + control.commands.map { CommandPage($0, of: control).page }
    }

    /// Writes all pages, and removes those of commands that are gone.
    private static func write(_ pages: [ManualPage], to directory: String) throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let names = Set(pages.map(\.file))
        for file in try FileManager.default.contentsOfDirectory(atPath: directory) where !names.contains(file) {
            guard file.hasSuffix(".8") || file.hasSuffix(".5") else { continue }
            try FileManager.default.removeItem(atPath: "\(directory)/\(file)")
        }
        for page in pages {
            try page.text.write(toFile: "\(directory)/\(page.file)", atomically: true, encoding: .utf8)
        }
    }
}

/// Why the pages cannot be written.
struct ManualError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
