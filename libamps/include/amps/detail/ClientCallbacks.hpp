/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file ClientCallbacks.hpp
 * Listeners and callbacks of C++ programs in the form the C functions take.
 */
#ifndef AMPS_DETAIL_CLIENTCALLBACKS_HPP
#define AMPS_DETAIL_CLIENTCALLBACKS_HPP

#include <pthread.h>

#include <memory>

#include "../ConnectionStateListener.hpp"
#include "../ExceptionListener.hpp"
#include "../FailedWriteHandler.hpp"
#include "Callable.hpp"
#include "Part.hpp"
#include "guarded.hpp"

namespace AMPS {
namespace detail {

// Time-outs come in as int or long; a negative one is a mistake, not a very long wait.
AMPS_FN inline uint32_t milliseconds(long timeout) {
  if (AMPS_UNLIKELY(timeout < 0)) raise_usage("a time-out is at least 0 ms, and 0 waits without limit");
  return static_cast<unsigned long>(timeout) < 0xFFFFFFFFu ? static_cast<uint32_t>(timeout) : 0xFFFFFFFFu;
}

// ---- Exception listeners: borrowed, or shared with the library

typedef std::shared_ptr<const ExceptionListener> SharedListener;

AMPS_FN inline void report_to_borrowed(int32_t code, amps_span_t what, void* listener) {
  report_to(*static_cast<const ExceptionListener*>(listener), code, what);
}
AMPS_FN inline void report_to_shared(int32_t code, amps_span_t what, void* box) {
  report_to(*static_cast<CallableOf<SharedListener>*>(static_cast<Callable*>(box))->function, code, what);
}
AMPS_FN inline amps_exception_listener_t borrowed_listener(const ExceptionListener& listener) {
  amps_exception_listener_t result = amps_exception_listener_t();
  result.struct_size = sizeof(result);
  result.fn = &report_to_borrowed;
  result.userdata = const_cast<ExceptionListener*>(&listener);
  return result;
}
AMPS_FN inline amps_exception_listener_t shared_listener(const SharedListener& listener) {
  amps_exception_listener_t result = amps_exception_listener_t();
  result.struct_size = sizeof(result);
  result.fn = &report_to_shared;
  result.userdata = static_cast<Callable*>(new CallableOf<SharedListener>(listener));
  result.release = &release_callable;
  return result;
}

// The object behind a listener that this shared library set, or NULL.
AMPS_FN inline const ExceptionListener* listener_of(amps_client_t* client) {
  amps_exception_listener_t set = amps_exception_listener_t();
  set.struct_size = sizeof(set);
  check(amps_client_get_exception_listener(client, &set));
  if (set.fn == &report_to_borrowed) return static_cast<const ExceptionListener*>(set.userdata);
  if (set.fn != &report_to_shared) return NULL;
  return static_cast<CallableOf<SharedListener>*>(static_cast<Callable*>(set.userdata))->function.get();
}
// The same for a failed write handler.
AMPS_FN inline FailedWriteHandler* failed_write_handler_of(amps_client_t* client) {
  amps_failed_write_handler_t set = amps_failed_write_handler_t();
  set.struct_size = sizeof(set);
  check(amps_client_get_failed_write_handler(client, &set));
  return set.fn == &failed_write ? static_cast<FailedWriteHandler*>(set.userdata) : NULL;
}

// ---- Other listeners

AMPS_FN inline amps_failed_write_handler_t failed_write_handler(FailedWriteHandler* handler) {
  amps_failed_write_handler_t result = amps_failed_write_handler_t();
  result.struct_size = sizeof(result);
  result.fn = &failed_write;
  result.userdata = handler;
  result.release = &delete_failed_write_handler;
  return result;
}
AMPS_FN inline amps_state_listener_t state_listener(ConnectionStateListener* listener) {
  if (!listener) raise_usage("a connection state listener is needed, not NULL");
  amps_state_listener_t result = amps_state_listener_t();
  result.struct_size = sizeof(result);
  result.fn = &state_changed;
  result.userdata = listener;
  return result;
}

// ---- Functions for the receive thread

typedef amps_result (*ThreadFunction)(pthread_t thread, void* userdata);

struct ThreadCreated {
  ThreadFunction function;
  void* userdata;

  AMPS_FN static amps_result run(void* box) {
    const ThreadCreated& call =
        static_cast<CallableOf<ThreadCreated>*>(static_cast<Callable*>(box))->function;
    amps_result result = AMPS_E_OK;
    const amps_result thrown = guarded([&] { result = call.function(pthread_self(), call.userdata); });
    return thrown != AMPS_E_OK ? thrown : result;
  }
};
struct Deferred {
  void (*function)(void* userdata);
  void* userdata;

  AMPS_FN static amps_result run(void* box) {
    const Deferred& call = static_cast<CallableOf<Deferred>*>(static_cast<Callable*>(box))->function;
    return guarded([&] { call.function(call.userdata); });
  }
};

template <class Call>
AMPS_FN amps_thread_callback_t boxed(const Call& call) {
  amps_thread_callback_t result = amps_thread_callback_t();
  result.struct_size = sizeof(result);
  result.fn = &Call::run;
  result.userdata = static_cast<Callable*>(new CallableOf<Call>(call));
  result.release = &release_callable;
  return result;
}
AMPS_FN inline amps_thread_callback_t thread_callback(ThreadFunction function, void* userdata) {
  const ThreadCreated call = {function, userdata};
  return function ? boxed(call) : amps_thread_callback_t();
}
AMPS_FN inline amps_thread_callback_t deferred_callback(void (*function)(void*), void* userdata) {
  if (!function) raise_usage("deferredExecution needs a function, not NULL");
  const Deferred call = {function, userdata};
  return boxed(call);
}

// The part a client has: the object a program set, or one that forwards to somebody else's.
template <class Interface>
AMPS_FN PartRef<Interface> fetched(amps_client_t* client,
                                   amps_result (*getter)(amps_client_t*,
                                                         const typename Adapter<Interface>::Table**,
                                                         void**)) {
  const typename Adapter<Interface>::Table* table = NULL;
  void* self = NULL;
  check(getter(client, &table, &self));
  return PartRef<Interface>::from(table, self);
}

}  // namespace detail
}  // namespace AMPS

#endif  // AMPS_DETAIL_CLIENTCALLBACKS_HPP
