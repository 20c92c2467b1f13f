// SPDX-License-Identifier: Apache-2.0

import CloakroomRocksDB
import Logging

extension Logger {
    /// Says what happened to the store.
    func log(_ report: StoreReport) {
        switch report {
        case .refusesWrites(let fault):
            error("the store takes no writes until this is mended; reads go on", metadata: ["error": "\(fault)"])
        case .refusesReads(let fault):
            error("the store could not be opened again, and is tried every 2 s", metadata: ["error": "\(fault)"])
        case .resumed(let warnings):
            notice("the store takes writes again")
            for text in warnings { warning("\(text)") }
        }
    }
}
