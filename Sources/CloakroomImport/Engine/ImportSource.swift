// SPDX-License-Identifier: Apache-2.0

/// Where another handler keeps its sessions.
public protocol ImportSource: AnyObject {
    /// How many entries there are, if that is known.
    var total: Int? { get }

    /// The next entry; `nil` at the end.
    ///
    /// - Throws: ``ImportError`` when no more can be read.
    func next() throws(ImportError) -> ImportFind?
}

/// What was found in a place.
public enum ImportFind {
    /// A session.
    case original(any ImportOriginal)
    /// A session without contents.
    case empty(any ImportOriginal)
    /// What an import that was ended half way has left, of a session that it had taken over.
    case remains(any ImportOriginal)
    /// Something that is left alone, and why.
    case left(ImportPlace, ImportReason)
    /// Nothing: it went away meanwhile.
    case nothing
}
