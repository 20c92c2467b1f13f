// What cloakroom-fcgi needs of the FastCGI library (libfcgi-dev).
#ifndef CLOAKROOM_CFASTCGI_SHIM_H
#define CLOAKROOM_CFASTCGI_SHIM_H

#include <fcgiapp.h>

#endif
