// What CloakroomServer needs of the C library (2.34 or later) to run a program, and Swift's Glibc module leaves out.
#ifndef CLOAKROOM_CSPAWN_SHIM_H
#define CLOAKROOM_CSPAWN_SHIM_H

#include <spawn.h>

// spawn.h declares it for _DEFAULT_SOURCE only, which Swift does not set.
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

// Swift takes the variable for one that threads may race for. Nothing changes it once there are threads.
extern char **environ;
static inline char **CSpawn_environ(void) {
    return environ;
}

#endif
