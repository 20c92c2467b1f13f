// SPDX-License-Identifier: Apache-2.0

/// One kind of fault, and what must be true of the daemon under it.
protocol Scenario: SendableMetatype {
    /// What it is called on the command line.
    static var name: String { get }
    /// What it does, in a few words.
    static var summary: String { get }

    init(_ stage: Stage)

    /// Does it, and leaves figures on the stage.
    ///
    /// - Throws: ``Finding`` when the daemon did what it must not, anything else when that could not be told.
    func run() throws
}
