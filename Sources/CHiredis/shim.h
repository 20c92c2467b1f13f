// What CloakroomImport needs of Redis's C client (libhiredis-dev).
#ifndef CLOAKROOM_CHIREDIS_SHIM_H
#define CLOAKROOM_CHIREDIS_SHIM_H

#include <hiredis/hiredis.h>

#endif
