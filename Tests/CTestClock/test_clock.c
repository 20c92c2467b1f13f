// SPDX-License-Identifier: Apache-2.0
// Moves the clocks of a process that it is preloaded into (ld.so(8), LD_PRELOAD), so that the daemon that is tested is the one that
// is installed. The file named by CLOAKROOM_TEST_CLOCK has two int64 in the machine's byte order: the seconds by which the wall
// clock (CLOCK_REALTIME) and the time since the start of the machine (CLOCK_BOOTTIME) are ahead. CLOCK_MONOTONIC stays as it
// is. Who waits until a moment of a clock waits as long as if the clock were right.
#define _GNU_SOURCE
#include "test_clock.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

struct offsets {
    _Atomic int64_t wall;
    _Atomic int64_t elapsed;
};

// Until the file is mapped, clocks are right.
static struct offsets unmoved;
static struct offsets *offsets = &unmoved;

// The clock of each timer descriptor: descriptors beyond this are none of a test.
#define DESCRIPTORS 65536
static _Atomic int timer_clocks[DESCRIPTORS];

#define REAL(name) ((__typeof__(&name))real(#name))

static void *real(const char *name) {
    void *function = dlsym(RTLD_NEXT, name);
    if (!function) abort();
    return function;
}

__attribute__((constructor)) static void map_offsets(void) {
    const char *path = getenv("CLOAKROOM_TEST_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *map = file < 0 ? MAP_FAILED : mmap(NULL, sizeof *offsets, PROT_READ, MAP_SHARED, file, 0);
    if (map == MAP_FAILED) {
        fprintf(stderr, "CLOAKROOM_TEST_CLOCK names no file that can be mapped\n");
        abort();
    }
    close(file);
    offsets = map;
}

static int64_t ahead(int clock) {
    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE: return atomic_load(&offsets->wall);
    case CLOCK_BOOTTIME: return atomic_load(&offsets->elapsed);
    default: return 0;
    }
}

// A moment of a clock that was moved, by the clock that the kernel has; no earlier than the clock can show.
static struct timespec unmove(struct timespec moment, int clock) {
    moment.tv_sec -= ahead(clock);
    if (moment.tv_sec < 0) moment = (struct timespec){.tv_sec = 0, .tv_nsec = 1};
    return moment;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    // Asked often, and first before there is a constructor.
    static _Atomic(__typeof__(&clock_gettime)) function;
    if (!function) function = REAL(clock_gettime);
    int result = function(clock, now);
    if (result == 0) now->tv_sec += ahead(clock);
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    int result = REAL(gettimeofday)(now, zone);
    if (result == 0) now->tv_sec += ahead(CLOCK_REALTIME);
    return result;
}

time_t time(time_t *now) {
    struct timespec moment;
    if (clock_gettime(CLOCK_REALTIME_COARSE, &moment) != 0) return -1;
    if (now) *now = moment.tv_sec;
    return moment.tv_sec;
}

int timerfd_create(int clock, int flags) {
    int timer = REAL(timerfd_create)(clock, flags);
    if (timer >= 0 && timer < DESCRIPTORS) atomic_store(&timer_clocks[timer], clock);
    return timer;
}

int timerfd_settime(int timer, int flags, const struct itimerspec *new, struct itimerspec *old) {
    struct itimerspec moved = *new;
    // A time of zero disarms the timer.
    if (flags & TFD_TIMER_ABSTIME && (new->it_value.tv_sec || new->it_value.tv_nsec) && timer >= 0 && timer < DESCRIPTORS)
        moved.it_value = unmove(new->it_value, atomic_load(&timer_clocks[timer]));
    return REAL(timerfd_settime)(timer, flags, &moved, old);
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict until) {
    struct timespec moved = unmove(*until, CLOCK_REALTIME);
    return REAL(sem_timedwait)(semaphore, &moved);
}

int pthread_cond_timedwait(
    pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex, const struct timespec *restrict until
) {
    // The condition was made for one of two clocks. No machine runs for the 30 years that the other one would be ahead.
    int clock = until->tv_sec > 1000000000 ? CLOCK_REALTIME : CLOCK_MONOTONIC;
    struct timespec moved = unmove(*until, clock);
    return REAL(pthread_cond_timedwait)(condition, mutex, &moved);
}
