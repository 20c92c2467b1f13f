// SPDX-License-Identifier: Apache-2.0

extension AuditChecks {
    /// All of them.
    public static let all: [any AuditCheck] = php + host

    /// Those of the host: Cloakroom itself, the kernel, and who can reach PHP-FPM.
    public static let host: [any AuditCheck] = [
        VisibilityCheck(), KeyFileAccessCheck(), KeyFilePlaceCheck(), KeySourceCheck(), KeyAgeCheck(),
        StateDirectoryCheck(),
        BackupDirectoryCheck(), SocketCheck(), AdminGroupCheck(), AdmittedUsersCheck(), GateListenCheck(),
        GateUserCheck(), ConfigurationFileCheck(),
        UnitSandboxCheck(),
        DaemonCheck(), PoolListenCheck(), PoolDumpCheck(), PoolAnswerCheck(), SwapCheck(), CoreDumpCheck(),
        PtraceCheck(),
        KernelCheck(),
    ]
}
