// SPDX-License-Identifier: Apache-2.0
// What Cloakroom's PHP client would have of a server that costs nothing: sessions in a hash table, in plain text, without a
// lock, a rule or a disk, by one thread. For measuring only: it believes every frame.
//   bare SOCKET          BARE_DEFERRED=1: takes deferred writes
#include "frames.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 1 << 16 };

struct session {
    struct session *next;
    size_t reference_size, data_size;
    uint64_t version;
    unsigned char *reference, *data;
};

static struct session *sessions[SLOTS];
static unsigned char offers;

static void *must(void *memory) {
    if (memory == NULL) {
        fputs("bare: out of memory\n", stderr);
        exit(1);
    }
    return memory;
}

static size_t reference_size(const unsigned char *from) {
    size_t name = 1 + (size_t)from[0];
    return name + 2 + ((size_t)from[name] << 8 | from[name + 1]);
}

/* Where the session is, or where it would be linked. */
static struct session **find(const unsigned char *reference, size_t size) {
    uint32_t hash = 2166136261u; // FNV-1a
    for (size_t i = 0; i < size; i++) hash = (hash ^ reference[i]) * 16777619u;
    struct session **at = &sessions[hash % SLOTS];
    while (*at && ((*at)->reference_size != size || memcmp((*at)->reference, reference, size))) at = &(*at)->next;
    return at;
}

static void put_version(unsigned char *to, uint64_t version) {
    put32(to, (uint32_t)(version >> 32));
    put32(to + 4, (uint32_t)version);
}

static void hello(int descriptor, const unsigned char *frame) {
    answer[5] = 0, answer[6] = 1;
    memcpy(answer + 7, frame + 7, 4);
    answer[11] = offers;
    put32(answer + 12, LARGEST - 1024);
    put32(answer + 16, 30000);
    answer[20] = 0; // no session key
    answer[21] = 0; // nowhere to read through
    send_answer(descriptor, 0x81, 17);
}

static void read_session(int descriptor, const unsigned char *frame) {
    struct session *session = *find(frame + 10, reference_size(frame + 10));
    answer[5] = offers;
    if (session == NULL) {
        answer[6] = 0;
        send_answer(descriptor, 0x83, 2);
        return;
    }
    put_version(answer + 6, session->version);
    memcpy(answer + 14, session->data, session->data_size);
    send_answer(descriptor, 0x82, 9 + (uint32_t)session->data_size);
}

static void write_session(int descriptor, const unsigned char *frame, size_t size) {
    const unsigned char *reference = frame + 26;
    size_t length = reference_size(reference);
    struct session **at = find(reference, length), *session = *at;
    if (session == NULL) {
        session = *at = must(calloc(1, sizeof *session));
        session->reference = must(malloc(length));
        memcpy(session->reference, reference, length);
        session->reference_size = length;
    }
    size_t data = size - 26 - length;
    if (data != session->data_size) session->data = must(realloc(session->data, data + 1));
    session->data_size = data;
    memcpy(session->data, reference + length, data);
    session->version++;
    if (frame[5] & 2) return;
    put_version(answer + 5, session->version);
    send_answer(descriptor, 0x84, 8);
}

static void destroy(int descriptor, const unsigned char *frame) {
    struct session **at = find(frame + 5, reference_size(frame + 5)), *session = *at;
    answer[5] = session != NULL;
    if (session != NULL) {
        *at = session->next;
        free(session->reference);
        free(session->data);
        free(session);
    }
    send_answer(descriptor, 0x85, 1);
}

void serve_frame(int descriptor, const unsigned char *frame, size_t size) {
    switch (frame[4]) {
    case HELLO: hello(descriptor, frame); break;
    case READ: read_session(descriptor, frame); break;
    case WRITE: write_session(descriptor, frame, size); break;
    case DESTROY: destroy(descriptor, frame); break;
    case GC:
        put32(answer + 5, 0);
        send_answer(descriptor, 0x86, 4);
        break;
    case PING: send_answer(descriptor, 0x87, 0); break;
    }
}

int main(int count, char **arguments) {
    offers = getenv("BARE_DEFERRED") != NULL;
    return serve_socket(count, arguments);
}
