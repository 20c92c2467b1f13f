// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "frames.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { CLIENTS = 256 };

struct client {
    int descriptor;
    size_t filled;
    unsigned char bytes[LARGEST];
};

unsigned char answer[LARGEST + 64];

static void fail(const char *what) {
    perror(what);
    exit(1);
}

void put32(unsigned char *to, uint32_t value) {
    value = htonl(value);
    memcpy(to, &value, 4);
}

uint32_t get32(const unsigned char *from) {
    uint32_t value;
    memcpy(&value, from, 4);
    return ntohl(value);
}

void send_answer(int descriptor, unsigned char operation, uint32_t fields) {
    put32(answer, 1 + fields);
    answer[4] = operation;
    for (size_t sent = 0, size = 5 + fields; sent < size;) {
        ssize_t count = write(descriptor, answer + sent, size - sent);
        if (count < 0 && errno != EINTR) return; // The client has gone; its end is read next.
        if (count > 0) sent += (size_t)count;
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
        serve_frame(client->descriptor, client->bytes, size);
        client->filled -= size;
        memmove(client->bytes, client->bytes + size, client->filled);
    }
    return 1;
}

int serve_socket(int count, char **arguments) {
    if (count != 2) {
        fprintf(stderr, "usage: %s SOCKET\n", arguments[0]);
        return 2;
    }
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(arguments[1]) >= sizeof address.sun_path) {
        fprintf(stderr, "%s: the path of the socket is too long\n", arguments[0]);
        return 2;
    }
    strcpy(address.sun_path, arguments[1]);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    umask(0); // For PHP-FPM, which runs as another user.
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
