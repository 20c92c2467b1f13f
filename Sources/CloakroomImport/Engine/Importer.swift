// SPDX-License-Identifier: Apache-2.0

public import CloakroomAdmin

/// Has the daemon take over what a source has, batch by batch, and removes originals that are not needed any more. It can be
/// killed at any time: an original goes only after the daemon has said that its copy is on disk.
public struct Importer {
    /// What is to be done.
    public struct Options: Sendable {
        /// The pool's name.
        public var pool: String
        /// The name of the sessions (`session.name`).
        public var name: String
        /// Whether nothing is changed.
        public var isDryRun = false
        /// Whether originals stay.
        public var keepsOriginals = false
        /// Whether originals of sessions that are over go, too.
        public var removesEnded = false

        /// The defaults.
        public init(pool: String, name: String) {
            self.pool = pool
            self.name = name
        }
    }

    /// Who is asked and told.
    public struct Surroundings {
        /// Asks the daemon.
        public var ask: (ImportRequest) throws -> ImportReply
        /// Is told after each batch.
        public var progress: (ImportTally) -> Void
        /// Is told what was left, and the tag of its session if it has one.
        public var left: (ImportPlace, String?, ImportReason) throws -> Void
        /// Whether to stop after the present batch.
        public var isInterrupted: () -> Bool

        /// Joins them.
        public init(
            ask: @escaping (ImportRequest) throws -> ImportReply,
            progress: @escaping (ImportTally) -> Void = { _ in },
            left: @escaping (ImportPlace, String?, ImportReason) throws -> Void = { _, _, _ in },
            isInterrupted: @escaping () -> Bool = { false }
        ) {
            self.ask = ask
            self.progress = progress
            self.left = left
            self.isInterrupted = isInterrupted
        }
    }

    /// Originals in a batch: each file of them is open and locked.
    static let batchCount = 256
    /// Bytes of contents after which a batch is sent.
    static let batchBytes = 1 << 20

    private let options: Options
    private let surroundings: Surroundings
    private var tally = ImportTally()
    private var batch: [any ImportOriginal] = []
    private var bytes = 0

    /// - Parameter surroundings: who is asked and told.
    public init(_ options: Options, _ surroundings: Surroundings) {
        self.options = options
        self.surroundings = surroundings
    }

    /// Imports to the end of the source, or until it is interrupted.
    ///
    /// - Throws: ``ImportError``, or what the surroundings throw. What was imported until then is.
    public mutating func run(_ source: some ImportSource) throws -> ImportTally {
        while !surroundings.isInterrupted() {
            guard let find = try source.next() else {
                try settle()
                return tally
            }
            try take(find)
            // Where much is left, there are few batches.
            if tally.done.isMultiple(of: Self.batchCount) { surroundings.progress(tally) }
        }
        try settle()
        tally.isInterrupted = true
        return tally
    }

    private mutating func take(_ find: ImportFind) throws {
        tally.done += 1
        switch find {
        case .nothing: tally.done -= 1
        case .left(let place, let reason): try leave(place, nil, reason)
        case .empty(let original): if try remove(original, nil) { tally.empty += 1 }
        case .remains(let original): if try remove(original, nil) { tally.remains += 1 }
        case .original(let original):
            let count = original.session.data.count
            if !batch.isEmpty, bytes + count > Self.batchBytes { try settle() }
            batch.append(original)
            bytes += count
            if batch.count >= Self.batchCount { try settle() }
        }
    }

    /// Sends the batch, and removes what is not needed any more.
    private mutating func settle() throws {
        defer { surroundings.progress(tally) }
        guard !batch.isEmpty else { return }
        let originals = batch
        (batch, bytes) = ([], 0)
        let request = ImportBatch(
            name: options.name,
            isStored: !options.isDryRun,
            sessions: originals.map(\.session)
        )
        let reply = try surroundings.ask(ImportRequest(pool: options.pool, batch: request))
        guard let outcomes = reply.outcomes, outcomes.count == originals.count else {
            throw ImportError(
                "the daemon did not say what became of each session: use the cloakroomctl that came with it"
            )
        }
        for (original, entry) in zip(originals, outcomes) { try settle(original, entry) }
    }

    private mutating func settle(_ original: any ImportOriginal, _ entry: ImportReply.Entry) throws {
        if let reason = ImportReason(entry.outcome) {
            let isOver = reason.code == .ended || reason.code == .expired
            guard options.removesEnded, isOver else { return try leave(original.place, entry.session, reason) }
            if try remove(original, entry.session) { tally.ended += 1 }
            return
        }
        switch entry.outcome {
        case .adopted: tally.imported += 1
        case .adoptable: tally.importable += 1
        default: tally.present += 1
        }
        _ = try remove(original, entry.session)
    }

    /// Removes an original unless originals stay; whether it is done with.
    private mutating func remove(_ original: any ImportOriginal, _ session: String?) throws -> Bool {
        guard !options.isDryRun, !options.keepsOriginals else { return true }
        if let reason = original.remove() {
            try leave(original.place, session, reason)
            return false
        }
        tally.removed += 1
        return true
    }

    private mutating func leave(_ place: ImportPlace, _ session: String?, _ reason: ImportReason) throws {
        tally.left[reason.code, default: 0] += 1
        try surroundings.left(place, session, reason)
    }
}
