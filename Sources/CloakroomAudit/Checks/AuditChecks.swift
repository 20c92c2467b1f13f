// SPDX-License-Identifier: Apache-2.0

/// All checks.
public enum AuditChecks {
    /// Those of PHP's configuration, its sessions and its applications.
    public static let php: [any AuditCheck] = [
        ConfigurationProblems(), PlainTextSessions(), StoreServers(), SavePathAccess(), SavePathPlace(),
        SharedSavePaths(),
        SharedUsers(), SessionFiles(), SessionRemoval(), StrictMode(), SessionIDTransport(), SessionIDStrength(),
        CookieFlags(), CookieScope(), CookiePrefixes(), Lifetimes(), ResponseCaching(), PrependCheck(), PrependGaps(),
        DirectorySettings(), ApplicationHandlers(),
    ]
}
