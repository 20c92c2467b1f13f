// What CloakroomRocksDB needs of RocksDB's C interface (librocksdb-dev).
#ifndef CLOAKROOM_CROCKSDB_SHIM_H
#define CLOAKROOM_CROCKSDB_SHIM_H

#include <rocksdb/c.h>

// Glibc declares it for _GNU_SOURCE only, which Swift's module of it does not define (syncfs(2)).
int syncfs(int descriptor);

#endif
