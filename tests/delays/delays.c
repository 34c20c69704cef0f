/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into the tests by tools/shake.sh: threads wait now and then where they meet others, so that what
 * depends on their order by chance fails soon. One in two hundred of the calls below waits up to 8 ms, a few
 * of them eight times that; AMPS_DELAYS_SHARE and AMPS_DELAYS_US say otherwise. Nothing else changes.
 * Threads: any. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static double share = 0.005;
static long longest_us = 8000;
static uint64_t seed;

__attribute__((constructor)) static void read_settings(void) {
  const char* const share_text = getenv("AMPS_DELAYS_SHARE");
  const char* const longest_text = getenv("AMPS_DELAYS_US");
  struct timespec now;
  if (share_text != NULL) share = atof(share_text);
  if (longest_text != NULL && atol(longest_text) > 0) longest_us = atol(longest_text);
  clock_gettime(CLOCK_MONOTONIC, &now);
  seed = ((uint64_t)now.tv_nsec * 2654435761u) ^ ((uint64_t)getpid() << 32);
}

/* A number of this thread (xorshift). */
static uint64_t draw(void) {
  static __thread uint64_t state;
  if (state == 0) state = (seed ^ ((uint64_t)syscall(SYS_gettid) * 0x9E3779B97F4A7C15u)) | 1;
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

static void delay(double part) {
  const double chance = share * part;
  const double drawn = (double)(draw() >> 11) * 0x1p-53;
  const int error = errno;
  if (drawn < chance) {
    long us = (long)(draw() % (uint64_t)longest_us);
    if (drawn < chance / 20) us *= 8;
    const struct timespec wait = {us / 1000000, us % 1000000 * 1000};
    syscall(SYS_nanosleep, &wait, NULL);
  }
  errno = error;
}

/* `next` is the function that this one stands before. */
#define FIND_NEXT(result, name, parameters) \
  static result(*next) parameters;          \
  if (next == NULL) next = (result(*) parameters)(uintptr_t)dlsym(RTLD_NEXT, #name)
#define FIND_NEXT_VERSION(result, name, parameters, version) \
  static result(*next) parameters;                           \
  if (next == NULL) next = (result(*) parameters)(uintptr_t)dlvsym(RTLD_NEXT, #name, version)

#define AROUND(result, name, parameters, arguments) \
  result name parameters {                          \
    FIND_NEXT(result, name, parameters);            \
    delay(1);                                       \
    const result value = next arguments;            \
    delay(1);                                       \
    return value;                                   \
  }

AROUND(ssize_t, recv, (int fd, void* data, size_t size, int flags), (fd, data, size, flags))
AROUND(ssize_t, recvmsg, (int fd, struct msghdr* message, int flags), (fd, message, flags))
AROUND(ssize_t, send, (int fd, const void* data, size_t size, int flags), (fd, data, size, flags))
AROUND(ssize_t, sendmsg, (int fd, const struct msghdr* message, int flags), (fd, message, flags))
AROUND(ssize_t, read, (int fd, void* data, size_t size), (fd, data, size))
AROUND(ssize_t, write, (int fd, const void* data, size_t size), (fd, data, size))
AROUND(ssize_t, writev, (int fd, const struct iovec* parts, int count), (fd, parts, count))
AROUND(int, epoll_wait, (int fd, struct epoll_event* events, int count, int timeout),
       (fd, events, count, timeout))
AROUND(int, poll, (struct pollfd * fds, nfds_t count, int timeout), (fds, count, timeout))
AROUND(int, accept4, (int fd, struct sockaddr* address, socklen_t* size, int flags),
       (fd, address, size, flags))
AROUND(int, fsync, (int fd), (fd))
AROUND(int, fdatasync, (int fd), (fd))

/* Locks are taken far more often than anything is sent. */
static const double lock_part = 1.0 / 32;

int pthread_mutex_lock(pthread_mutex_t* mutex) {
  FIND_NEXT(int, pthread_mutex_lock, (pthread_mutex_t*));
  delay(lock_part);
  return next(mutex);
}
int pthread_mutex_unlock(pthread_mutex_t* mutex) {
  FIND_NEXT(int, pthread_mutex_unlock, (pthread_mutex_t*));
  const int value = next(mutex);
  delay(lock_part);
  return value;
}
int pthread_cond_signal(pthread_cond_t* condition) {
  FIND_NEXT_VERSION(int, pthread_cond_signal, (pthread_cond_t*), "GLIBC_2.3.2");
  const int value = next(condition);
  delay(1);
  return value;
}
int pthread_cond_broadcast(pthread_cond_t* condition) {
  FIND_NEXT_VERSION(int, pthread_cond_broadcast, (pthread_cond_t*), "GLIBC_2.3.2");
  const int value = next(condition);
  delay(1);
  return value;
}

struct start {
  void* (*run)(void*);
  void* argument;
};
static void* start_late(void* given) {
  const struct start start = *(struct start*)given;
  free(given);
  delay(30);
  return start.run(start.argument);
}
int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*), void* argument) {
  FIND_NEXT(int, pthread_create, (pthread_t*, const pthread_attr_t*, void* (*)(void*), void*));
  struct start* const start = malloc(sizeof *start);
  if (start == NULL) return next(thread, attributes, run, argument);
  start->run = run;
  start->argument = argument;
  const int value = next(thread, attributes, start_late, start);
  if (value != 0) free(start);
  delay(30);
  return value;
}

/* Python's lock, where libpython is a library of its own. */
int PyGILState_Ensure(void) {
  FIND_NEXT(int, PyGILState_Ensure, (void));
  delay(1);
  return next();
}
void PyEval_RestoreThread(void* state) {
  FIND_NEXT(void, PyEval_RestoreThread, (void*));
  delay(1);
  next(state);
}
void* PyEval_SaveThread(void) {
  FIND_NEXT(void*, PyEval_SaveThread, (void));
  void* const state = next();
  delay(1);
  return state;
}
