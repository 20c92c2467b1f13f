// SPDX-License-Identifier: Apache-2.0

import CLibFuzzer
import Glibc

/// Hands the process over to libFuzzer, which calls a test with one input after the other.
public enum FuzzDriver {
    // Set once, before libFuzzer starts; it calls the test on one thread.
    nonisolated(unsafe) fileprivate static var test: ((UnsafeRawBufferPointer) -> Void)?

    /// Runs `test` as the command line says (`-help=1` lists what it can say); does not return.
    public static func run(_ test: @escaping (UnsafeRawBufferPointer) -> Void) -> Never {
        Self.test = test
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        exit(LLVMFuzzerRunDriver(&count, &arguments, callTest))
    }
}

/// The name under which libFuzzer's own `main`, which is linked in and not used, knows the test.
@_cdecl("LLVMFuzzerTestOneInput")
public func callTest(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzDriver.test?(UnsafeRawBufferPointer(start: start, count: count))
    return 0
}
