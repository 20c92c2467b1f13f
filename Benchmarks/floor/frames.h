// SPDX-License-Identifier: Apache-2.0
// An epoll server on a Unix socket that takes frames of docs/protocol.md, as little of it as a floor needs.
#ifndef FRAMES_H
#define FRAMES_H

#include <stddef.h>
#include <stdint.h>

enum { HELLO = 1, READ = 2, WRITE = 3, TOUCH = 4, RELEASE = 5, DESTROY = 6, GC = 7, PING = 8, LARGEST = 2 << 20 };

void put32(unsigned char *to, uint32_t value);
uint32_t get32(const unsigned char *from);

/* Where the next answer is built: its fields begin at answer + 5, and it is sent by send_answer. */
extern unsigned char answer[LARGEST + 64];
void send_answer(int descriptor, unsigned char operation, uint32_t fields);

/* What a program does with a whole frame of `size` bytes, its length included. */
void serve_frame(int descriptor, const unsigned char *frame, size_t size);

/* Serves until it is killed. The program's only argument is the socket's path. */
int serve_socket(int count, char **arguments);

#endif
