// What CloakroomImport needs of the C library (2.28 or later) to know when a file was made, and Swift's Glibc module leaves out.
#ifndef CLOAKROOM_CFILESTATUS_SHIM_H
#define CLOAKROOM_CFILESTATUS_SHIM_H

#include <linux/stat.h>

// sys/stat.h declares it for _GNU_SOURCE only, which Swift does not set (statx(2)).
extern int statx(int directory, const char *path, int flags, unsigned int mask, struct statx *status);

// When an open file was made, in seconds since 1970-01-01 UTC; -1 when the file system does not know. In C, as Swift takes the function
// for the structure of the same name.
static inline long long CFileStatus_birth(int descriptor) {
    struct statx status;
    int code = statx(descriptor, "", 0x1000 /* AT_EMPTY_PATH, for _GNU_SOURCE only */, STATX_BTIME, &status);
    return code == 0 && (status.stx_mask & STATX_BTIME) != 0 ? status.stx_btime.tv_sec : -1;
}

#endif
