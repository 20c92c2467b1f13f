// SPDX-License-Identifier: Apache-2.0

import CloakroomServer

/// Any bytes as a configuration file: a configuration, or an error that names the file.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzConfiguration(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    do {
        _ = try Configuration.load(text: text, file: "fuzz.toml")
    } catch {
        precondition("\(error)".contains("fuzz.toml"), "an error that does not name the file")
    }
    return 0
}
