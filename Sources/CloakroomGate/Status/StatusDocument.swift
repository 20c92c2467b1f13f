// SPDX-License-Identifier: Apache-2.0

/// The status as a page.
struct StatusDocument {
    let status: GateStatus
    let nonce: ScriptNonce

    init(_ status: GateStatus, nonce: ScriptNonce) {
        self.status = status
        self.nonce = nonce
    }

    var text: String { String(decoding: PackageResources.page_css, as: UTF8.self) }
}
