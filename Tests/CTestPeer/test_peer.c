// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "test_peer.h"

#include <errno.h>
#include <grp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

/* System calls, since the functions of the C library change the user of every thread. The saved ids lead back. */
static int become(uid_t user, gid_t group, const gid_t *groups, size_t count) {
    if (syscall(SYS_setgroups, count, groups) != 0) return -1;
    if (syscall(SYS_setresgid, group, group, 0) != 0) return -1;
    return (int)syscall(SYS_setresuid, user, user, 0);
}

static int become_root(const gid_t *groups, size_t count) {
    if (syscall(SYS_setresuid, 0, 0, 0) != 0) return -1;
    if (syscall(SYS_setresgid, 0, 0, 0) != 0) return -1;
    return (int)syscall(SYS_setgroups, count, groups);
}

int test_peer_connect(const char *path, uid_t user, gid_t group, const gid_t *groups, size_t count) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) return errno = ENAMETOOLONG, -1;
    strcpy(address.sun_path, path);
    gid_t own[1024];
    int owned = getgroups(sizeof own / sizeof *own, own);
    if (owned < 0) return -1;
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    int result = become(user, group, groups, count);
    if (result == 0) result = connect(descriptor, (struct sockaddr *)&address, sizeof address);
    int error = errno;
    if (become_root(own, (size_t)owned) != 0) _exit(111);
    if (result == 0) return descriptor;
    close(descriptor);
    errno = error;
    return -1;
}
