// SPDX-License-Identifier: Apache-2.0

#ifndef TEST_PEER_H
#define TEST_PEER_H

#include <stddef.h>
#include <sys/types.h>

/* Connects to a Unix stream socket as another user, whom SO_PEERCRED and SO_PEERGROUPS then show: the descriptor, or -1 with errno.
   For root only. Other threads of the process stay who they are. */
int test_peer_connect(const char *path, uid_t user, gid_t group, const gid_t *groups, size_t count);

#endif
