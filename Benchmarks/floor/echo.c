// SPDX-License-Identifier: Apache-2.0
// The floor of the comparison: an epoll server that answers the frames of docs/protocol.md with as many bytes as cloakroomd
// would, and does nothing else. READ: its field "wait" is the number of bytes of data in the answer, 0 for ABSENT. WRITE:
// WRITTEN. TOUCH and RELEASE are not answered.
//   echo SOCKET
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { READ = 2, WRITE = 3, TOUCH = 4, RELEASE = 5, LARGEST = 2 << 20, CLIENTS = 256 };

struct client {
    int descriptor;
    size_t filled;
    unsigned char bytes[LARGEST];
};

static unsigned char answer[LARGEST];

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void put32(unsigned char *to, uint32_t value) {
    value = htonl(value);
    memcpy(to, &value, 4);
}

static uint32_t get32(const unsigned char *from) {
    uint32_t value;
    memcpy(&value, from, 4);
    return ntohl(value);
}

static void send_answer(int descriptor, unsigned char operation, uint32_t fields) {
    put32(answer, 1 + fields);
    answer[4] = operation;
    for (size_t sent = 0, size = 5 + fields; sent < size;) {
        ssize_t count = write(descriptor, answer + sent, size - sent);
        if (count < 0 && errno != EINTR) return; // The client has gone; its end is read next.
        if (count > 0) sent += (size_t)count;
    }
}

static void serve_frame(struct client *client) {
    const unsigned char *frame = client->bytes;
    uint32_t wanted;
    switch (frame[4]) {
    case READ:
        wanted = get32(frame + 6);
        if (wanted > LARGEST - 64) wanted = LARGEST - 64;
        if (wanted > 0) send_answer(client->descriptor, 0x82, 9 + wanted);
        else send_answer(client->descriptor, 0x83, 2);
        break;
    case WRITE:
        send_answer(client->descriptor, 0x84, 8);
        break;
    }
}

/* False when the client has gone. */
static int serve(struct client *client) {
    ssize_t count = read(client->descriptor, client->bytes + client->filled, sizeof client->bytes - client->filled);
    if (count <= 0) return count < 0 && errno == EINTR;
    client->filled += (size_t)count;
    while (client->filled >= 4) {
        size_t size = 4 + (size_t)get32(client->bytes);
        if (size > sizeof client->bytes || size < 5) return 0;
        if (client->filled < size) break;
        serve_frame(client);
        client->filled -= size;
        memmove(client->bytes, client->bytes + size, client->filled);
    }
    return 1;
}

int main(int count, char **arguments) {
    if (count != 2) {
        fputs("usage: echo SOCKET\n", stderr);
        return 2;
    }
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(arguments[1]) >= sizeof address.sun_path) {
        fputs("echo: the path of the socket is too long\n", stderr);
        return 2;
    }
    strcpy(address.sun_path, arguments[1]);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 128)) fail(arguments[1]);
    int loop = epoll_create1(EPOLL_CLOEXEC);
    if (loop < 0) fail("epoll_create1");
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    if (epoll_ctl(loop, EPOLL_CTL_ADD, listener, &event)) fail("epoll_ctl");
    for (;;) {
        struct epoll_event events[CLIENTS];
        int ready = epoll_wait(loop, events, CLIENTS, -1);
        if (ready < 0 && errno != EINTR) fail("epoll_wait");
        for (int i = 0; i < ready; i++) {
            struct client *client = events[i].data.ptr;
            if (client == NULL) {
                int descriptor = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
                if (descriptor < 0) continue;
                client = calloc(1, sizeof *client);
                if (client == NULL) fail("calloc");
                client->descriptor = descriptor;
                event.data.ptr = client;
                if (epoll_ctl(loop, EPOLL_CTL_ADD, descriptor, &event)) fail("epoll_ctl");
            } else if (!serve(client)) {
                close(client->descriptor);
                free(client);
            }
        }
    }
}
