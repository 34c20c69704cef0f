/* SPDX-License-Identifier: Apache-2.0 */
/* The C half of binding.pyx: one writing thread with a double buffer, one reading thread. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <arpa/inet.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { BINDING_BUFFER_BYTES = 1 << 20 };

static uint64_t binding_now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

typedef struct {
  pthread_mutex_t mutex;
  pthread_cond_t work, room;
  char *filling, *writing;
  size_t size;
  int fd, finished, waiting;
  pthread_t thread;
} binding_writer;

static void* binding_write_all(void* argument) {
  binding_writer* writer = argument;
  for (;;) {
    pthread_mutex_lock(&writer->mutex);
    while (writer->size == 0 && !writer->finished) {
      writer->waiting = 1;
      pthread_cond_wait(&writer->work, &writer->mutex);
    }
    writer->waiting = 0;
    char* bytes = writer->filling;
    size_t size = writer->size;
    writer->filling = writer->writing;
    writer->writing = bytes;
    writer->size = 0;
    pthread_cond_signal(&writer->room);
    pthread_mutex_unlock(&writer->mutex);
    if (size == 0) return NULL;
    while (size > 0) {
      ssize_t n = send(writer->fd, bytes, size, MSG_NOSIGNAL);
      if (n <= 0) return NULL;
      bytes += n;
      size -= (size_t)n;
    }
  }
}

static binding_writer* binding_writer_new(int fd) {
  binding_writer* writer = calloc(1, sizeof *writer);
  writer->fd = fd;
  writer->filling = malloc(BINDING_BUFFER_BYTES);
  writer->writing = malloc(BINDING_BUFFER_BYTES);
  pthread_mutex_init(&writer->mutex, NULL);
  pthread_cond_init(&writer->work, NULL);
  pthread_cond_init(&writer->room, NULL);
  pthread_create(&writer->thread, NULL, binding_write_all, writer);
  return writer;
}

/* Only a full buffer makes the caller give up the interpreter lock. */
static void binding_wait_for_room(binding_writer* writer, size_t size) {
  PyThreadState* state = PyEval_SaveThread();
  while (writer->size + size > BINDING_BUFFER_BYTES) pthread_cond_wait(&writer->room, &writer->mutex);
  pthread_mutex_unlock(&writer->mutex);
  PyEval_RestoreThread(state);
  pthread_mutex_lock(&writer->mutex);
}

static void binding_writer_append(binding_writer* writer, const char* topic, size_t topic_size,
                                  const char* body, size_t body_size) {
  static const char start[] = "{\"c\":\"p\",\"t\":\"";
  const size_t size = 4 + sizeof start - 1 + topic_size + 2 + body_size;
  const uint32_t length = htonl((uint32_t)(size - 4));
  pthread_mutex_lock(&writer->mutex);
  while (writer->size + size > BINDING_BUFFER_BYTES) binding_wait_for_room(writer, size);
  char* to = writer->filling + writer->size;
  memcpy(to, &length, 4);
  memcpy(to + 4, start, sizeof start - 1);
  to += 4 + sizeof start - 1;
  memcpy(to, topic, topic_size);
  to += topic_size;
  *to++ = '"';
  *to++ = '}';
  memcpy(to, body, body_size);
  writer->size += size;
  const int waiting = writer->waiting;
  writer->waiting = 0;
  pthread_mutex_unlock(&writer->mutex);
  if (waiting) pthread_cond_signal(&writer->work);
}

static void binding_writer_finish(binding_writer* writer) {
  pthread_mutex_lock(&writer->mutex);
  writer->finished = 1;
  pthread_cond_signal(&writer->work);
  pthread_mutex_unlock(&writer->mutex);
  pthread_join(writer->thread, NULL);
}

typedef struct {
  int fd;
  uint64_t count, ns;
} binding_reader;

typedef PyObject* (*binding_make)(const char*, size_t, const char*, size_t);

typedef struct {
  binding_reader* reader;
  PyObject* handler;
  binding_make make;
} binding_job;

static void binding_deliver(binding_job* job, const char* frame, uint32_t length) {
  const char* topic = (const char*)memchr(frame + 8, ':', length - 8) + 2;
  const char* topic_end = (const char*)memchr(topic, '"', length);
  const char* body = (const char*)memchr(topic_end, '}', length) + 1;
  PyObject* message = job->make(topic, (size_t)(topic_end - topic), body, (size_t)(frame + length - body));
  PyObject* result = PyObject_CallOneArg(job->handler, message);
  Py_DECREF(message);
  if (result) {
    Py_DECREF(result);
  } else {
    PyErr_Clear();
  }
  ++job->reader->count;
}

/* One thread state for the life of the thread; the lock is taken once for what one read brought. */
static void* binding_read_all(void* argument) {
  binding_job* job = argument;
  const size_t capacity = 1 << 18;
  char* buffer = malloc(capacity);
  size_t have = 0;
  PyGILState_STATE own = PyGILState_Ensure();
  PyThreadState* state = PyEval_SaveThread();
  uint64_t began = 0;
  for (ssize_t n; (n = recv(job->reader->fd, buffer + have, capacity - have, 0)) > 0;) {
    if (began == 0) began = binding_now_ns();
    have += (size_t)n;
    size_t at = 0;
    uint32_t length;
    PyEval_RestoreThread(state);
    while (have - at >= 4 &&
           (memcpy(&length, buffer + at, 4), length = ntohl(length), have - at - 4 >= length)) {
      binding_deliver(job, buffer + at + 4, length);
      at += 4 + length;
    }
    state = PyEval_SaveThread();
    memmove(buffer, buffer + at, have - at);
    have -= at;
  }
  job->reader->ns = binding_now_ns() - began;
  PyEval_RestoreThread(state);
  PyGILState_Release(own);
  free(buffer);
  return NULL;
}

static void binding_read(binding_reader* reader, PyObject* handler, binding_make make) {
  binding_job job = {reader, handler, make};
  pthread_t thread;
  reader->count = reader->ns = 0;
  pthread_create(&thread, NULL, binding_read_all, &job);
  PyThreadState* state = PyEval_SaveThread();
  pthread_join(thread, NULL);
  PyEval_RestoreThread(state);
}
