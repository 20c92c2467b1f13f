// What cloakroom-fcgi needs of the FastCGI library (libfcgi-dev), and system calls that Swift's Glibc does not have.
#ifndef CLOAKROOM_CFASTCGI_SHIM_H
#define CLOAKROOM_CFASTCGI_SHIM_H

#include <fcgiapp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>

// prctl(2) takes a variable number of arguments.
static inline int cloakroom_gate_set_not_dumpable(void) {
    return prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L);
}

// accept4(2), which the headers only declare with _GNU_SOURCE.
extern int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);

#endif
