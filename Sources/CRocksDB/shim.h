// What CloakroomRocksDB needs of RocksDB's C interface (librocksdb-dev).
#ifndef CLOAKROOM_CROCKSDB_SHIM_H
#define CLOAKROOM_CROCKSDB_SHIM_H

#include <rocksdb/c.h>

#endif
