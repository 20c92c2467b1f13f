// What CloakroomBackup needs to exchange two directories at once.
#ifndef CLOAKROOM_CRENAME_SHIM_H
#define CLOAKROOM_CRENAME_SHIM_H

// Glibc declares it for _GNU_SOURCE only, which Swift's module of it does not define (rename(2)).
int renameat2(int old_directory, const char *old_path, int new_directory, const char *new_path, unsigned int flags);

// RENAME_EXCHANGE of <linux/fs.h>.
enum { CRename_exchange = 1 << 1 };

#endif
