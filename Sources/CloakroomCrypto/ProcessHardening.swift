// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL
internal import Glibc

/// What a process does to keep its memory to itself.
public enum ProcessHardening {
    /// Leaves no core dump behind, and closes `/proc/PID/mem` and ptrace(2) to other processes of the same user
    /// (prctl(2), PR_SET_DUMPABLE). To be called before the first key is read.
    ///
    /// - Throws: ``CryptoError`` of code `hardening` when the kernel refuses.
    public static func disableCoreDumps() throws(CryptoError) {
        guard COpenSSL_prctl_set_dumpable(0) == 0 else {
            throw CryptoError(.hardening, "prctl(PR_SET_DUMPABLE, 0) failed: errno \(errno)")
        }
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        guard setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) == 0 else {
            throw CryptoError(.hardening, "setrlimit(RLIMIT_CORE, 0) failed: errno \(errno)")
        }
    }

    /// Whether the kernel would dump this process, or let its user trace it.
    static var isDumpable: Bool { COpenSSL_prctl_get_dumpable() != 0 }
}
