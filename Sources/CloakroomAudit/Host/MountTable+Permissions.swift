// SPDX-License-Identifier: Apache-2.0

extension MountTable.Mount {
    /// Whether its files have no owner and mode of their own.
    var isWithoutPermissions: Bool { ["vfat", "msdos", "exfat", "fuseblk", "ntfs3", "vboxsf"].contains(kind) }
}
