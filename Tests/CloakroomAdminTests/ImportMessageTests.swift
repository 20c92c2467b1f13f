// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import Testing

/// Requests that have secrets in them.
@Suite struct ImportMessageTests {
    private let request = AdminRequest.import(
        ImportRequest(
            pool: "shop",
            batch: ImportBatch(
                name: "PHPSESSID",
                isStored: true,
                sessions: [
                    ImportedSession(
                        id: "secretid",
                        data: Array("secretdata".utf8),
                        created: 1,
                        lastSeen: 2,
                        lifetime: 3
                    )
                ]
            )
        )
    )

    @Test func noWayToPrintThemShowsAnIDOrContents() throws {
        var dumped = ""
        dump(request, to: &dumped)
        for text in ["\(request)", String(reflecting: request), dumped, "\([request])", "\(Optional(request) as Any)"] {
            #expect(!text.contains("secret"), "\(text)")
            #expect(!text.contains("115, 101, 99"), "\(text)")
        }
        #expect("\(request)".contains("import 1 into shop"))
    }

    @Test func batchOfTooManySessionsIsRefused() throws {
        let one = ImportedSession(id: "a", data: [], created: 0, lastSeen: 0, lifetime: 0)
        func text(_ count: Int) throws -> [UInt8] {
            let batch = ImportBatch(name: "a", isStored: true, sessions: Array(repeating: one, count: count))
            return Array(try AdminJSON.encode(AdminRequest.import(ImportRequest(pool: "default", batch: batch))))
        }
        _ = try AdminJSON.decode(AdminRequest.self, from: text(ImportBatch.mostSessions))
        #expect(throws: AdminError(.malformed, "")) {
            try AdminJSON.decode(AdminRequest.self, from: text(ImportBatch.mostSessions + 1))
        }
    }

    @Test func whatABatchMayHaveFitsAFrame() throws {
        let id = String(repeating: "a", count: 256)
        let rest = (1..<ImportBatch.mostSessions).map { _ in
            ImportedSession(id: id, data: [], created: .max, lastSeen: .max, lifetime: .max)
        }
        let large = ImportedSession(
            id: id,
            data: [UInt8](repeating: 255, count: ImportBatch.mostData),
            created: .max,
            lastSeen: .max,
            lifetime: .max
        )
        let batch = ImportBatch(name: "PHPSESSID", isStored: true, sessions: rest + [large])
        let bytes = try AdminFrame.bytes(of: AdminRequest.import(ImportRequest(pool: "default", batch: batch)))
        #expect(bytes.count <= AdminFrame.maximumLength)
    }
}
