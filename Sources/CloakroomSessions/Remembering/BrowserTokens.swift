// SPDX-License-Identifier: Apache-2.0

import CloakroomCore

/// The tokens of the browser that a client serves, as far as its present request has shown.
struct BrowserTokens: Sendable {
    /// Where their family is.
    let family: SessionAddress
    /// Whom they stand for.
    let user: UserName
}
