// What CloakroomCrypto needs of OpenSSL 3 (libssl-dev), and of the kernel to keep keys out of core dumps.
#ifndef CLOAKROOM_COPENSSL_SHIM_H
#define CLOAKROOM_COPENSSL_SHIM_H

// SHA256_Init and its like are deprecated for EVP, which is many times slower for a short message (HMAC.swift says more).
#define OPENSSL_SUPPRESS_DEPRECATED

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <sys/prctl.h>

// prctl(2) takes a variable number of arguments, which Swift cannot call.
static inline int COpenSSL_prctl_set_dumpable(unsigned long dumpable) {
    return prctl(PR_SET_DUMPABLE, dumpable, 0UL, 0UL, 0UL);
}

// As above.
static inline int COpenSSL_prctl_get_dumpable(void) {
    return prctl(PR_GET_DUMPABLE, 0UL, 0UL, 0UL, 0UL);
}

#endif
