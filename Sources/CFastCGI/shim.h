// What cloakroom-fcgi needs of the FastCGI library (libfcgi-dev), and system calls that Swift cannot make itself.
#ifndef CLOAKROOM_CFASTCGI_SHIM_H
#define CLOAKROOM_CFASTCGI_SHIM_H

#include <fcgiapp.h>
#include <sys/prctl.h>

// prctl(2) takes a variable number of arguments.
static inline int cloakroom_gate_set_not_dumpable(void) {
    return prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L);
}

#endif
