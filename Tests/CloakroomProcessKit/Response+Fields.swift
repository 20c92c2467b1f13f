// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
public import CloakroomProtocol

extension Response {
    /// The version of FOUND or WRITTEN; `nil` for anything else.
    public var version: UInt64? {
        switch self {
        case .found(let version, _, _), .written(let version): version
        default: nil
        }
    }

    /// The contents of FOUND; `nil` for anything else.
    public var data: [UInt8]? {
        guard case .found(_, let data, _) = self else { return nil }
        return data.bytes
    }

    /// The code of ERROR; `nil` for anything else.
    public var error: ErrorCode? {
        guard case .error(let error) = self else { return nil }
        return error.code
    }

    /// The token and the code of UNWRITTEN; `nil` for anything else.
    public var unwritten: (token: UInt64, code: ErrorCode)? {
        guard case .unwritten(let token, let error) = self else { return nil }
        return (token, error.code)
    }

    /// Whether HELLO_OK, FOUND or ABSENT says that the daemon takes deferred writes; `nil` for anything else.
    public var deferred: Bool? {
        switch self {
        case .hello(let hello): hello.deferred
        case .found(_, _, let deferred), .absent(_, let deferred): deferred
        default: nil
        }
    }
}
