// SPDX-License-Identifier: Apache-2.0

import CFastCGI
import CloakroomGate
import Glibc

/// libfcgi's view of one request after the other, of one thread.
///
/// It is given descriptors with whole requests on them (`FastCGIRequestOutline`), and closes none: who closes has to know
/// that nobody else uses the descriptor meanwhile (`ConnectionTable`).
struct FastCGIRequest {
    private let raw: UnsafeMutablePointer<FCGX_Request>

    /// Nothing yet; it exists as long as its thread.
    init() {
        raw = .allocate(capacity: 1)
        raw.initialize(to: FCGX_Request())
        FCGX_InitRequest(raw, -1, 0)
    }

    /// Reads the request on a connection; `false`: libfcgi found the connection broken, and has closed it.
    func begin(on descriptor: Int32, _ outline: FastCGIRequestOutline.Request) -> Bool {
        raw.pointee.ipcFd = descriptor
        // Or it would close it as that of a request before.
        raw.pointee.keepConnection = 1
        guard FCGX_Accept_r(raw) == 0 else { return false }
        if outline.hasInput { readInput() }
        return true
    }

    /// The parameters, as long as the request is not ended.
    var environment: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> { raw.pointee.envp }

    /// A parameter that the gate's decisions do not depend on; empty when it was not given.
    func text(_ name: String) -> String {
        FCGX_GetParam(name, raw.pointee.envp).map { String(cString: $0) } ?? ""
    }

    /// Sends the answer, and ends the request; `false` when it could not be sent.
    func end(with answer: [UInt8]) -> Bool {
        let wanted = Int32(clamping: answer.count)
        let isWritten = answer.withUnsafeBytes { bytes in
            FCGX_PutStr(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), wanted, raw.pointee.out) == wanted
        }
        FCGX_FClose(raw.pointee.err)
        FCGX_FClose(raw.pointee.out)
        let isSent = isWritten && FCGX_GetError(raw.pointee.out) == 0
        raw.pointee.ipcFd = -1
        FCGX_Free(raw, 0)
        return isSent
    }

    /// What is left unread would be taken for the beginning of the next request.
    private func readInput() {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4_096) { buffer in
            while FCGX_GetStr(buffer.baseAddress, Int32(buffer.count), raw.pointee.in) > 0 {}
        }
    }
}
