// SPDX-License-Identifier: Apache-2.0
#include "gil.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "gil_entry.hpp"

// Written in _callbacks.pyx; each needs the GIL.
extern "C" {
int py_deliver(amps_message_ref_t* message, void* box, PyObject** reused);
void py_on_failed_write(amps_message_ref_t* message, amps_span_t reason, void* box);
void py_on_exception(int32_t code, amps_span_t text, void* box);
void py_on_state(int32_t state, void* box);
amps_result py_on_lost(amps_client_ref_t* client, void* box);
amps_result py_on_bytes(amps_transport_bytes_t* bytes, void* box);
amps_result py_on_thread(void* box);
void py_release_object(void* object);
int32_t py_check_signals(void);
}

namespace {

using pyamps::Entry;

// Reported by libamps to the exception listener; the Python exception waits in _errors.
struct HandlerRaised : std::runtime_error {
  HandlerRaised() : std::runtime_error("a Python message handler raised an exception") {}
};

// What a thread of libamps knows about Python. Threads: its own.
struct ThreadGil {
  PyThreadState* state = nullptr;  // Kept from the first message to the end of the thread.
  PyObject* message = nullptr;     // The Message object handed to every handler of this thread.
  int calls = 0;                   // Handlers running; above 0 the GIL is theirs to let go.
  bool held = false;               // Taken for the current block of messages.
};
thread_local ThreadGil t_gil;

std::atomic<bool> g_stopped{false};           // Relaxed: a late message is stopped by python_is_gone().
std::atomic<unsigned long> g_main_thread{0};  // Relaxed: written at import and after fork.

bool no_deliveries() noexcept {
  return g_stopped.load(std::memory_order_relaxed) || pyamps::python_is_gone();
}

// Takes the GIL for a block. False on threads that belong to Python: those take it each time.
bool hold_for_block() {
  ThreadGil& gil = t_gil;
  if (gil.held) return true;
  if (gil.state == nullptr) {
    if (PyGILState_GetThisThreadState() != nullptr) return false;
    PyGILState_Ensure();  // Given back by pyamps_thread_end().
    gil.state = PyGILState_GetThisThreadState();
  } else {
    PyEval_RestoreThread(gil.state);
  }
  gil.held = true;
  return true;
}

// One message on a thread of Python, or within another handler of this thread.
int deliver_once(amps_message_ref_t* message, void* box) {
  PyObject* own = nullptr;
  const PyGILState_STATE state = PyGILState_Ensure();
  const int result = py_deliver(message, box, &own);
  Py_XDECREF(own);
  PyGILState_Release(state);
  return result;
}

int deliver(amps_message_ref_t* message, void* box) {
  ThreadGil& gil = t_gil;
  if (gil.calls > 0 || !hold_for_block()) return deliver_once(message, box);
  ++gil.calls;
  const int result = py_deliver(message, box, &gil.message);
  --gil.calls;
  return result;
}

// Two owners: the thread that disconnects, and the one that waits for it or gives up.
struct Farewell {
  std::mutex mutex;
  std::condition_variable finished;
  bool done = false;
};

}  // namespace

void pyamps_on_message(amps_message_ref_t* message, void* box) {
  int result = 0;
  try {
    if (no_deliveries()) return;
    result = deliver(message, box);
  } catch (abi::__forced_unwind&) {
    pyamps::sleep_for_ever();
  }
  if (result != 0) throw HandlerRaised();
}

void pyamps_before_wait(void) {
  ThreadGil& gil = t_gil;
  if (!gil.held || gil.calls > 0) return;
  gil.held = false;
  PyEval_SaveThread();
}

void pyamps_thread_end(void) {
  ThreadGil& gil = t_gil;
  if (gil.state == nullptr || gil.calls > 0 || pyamps::python_is_gone()) return;
  try {
    if (!gil.held) PyEval_RestoreThread(gil.state);
    gil.held = false;
    gil.state = nullptr;
    Py_CLEAR(gil.message);
    PyGILState_Release(PyGILState_UNLOCKED);  // Pairs with hold_for_block(); frees the state.
  } catch (abi::__forced_unwind&) {
    pyamps::sleep_for_ever();
  }
}

void pyamps_on_failed_write(amps_message_ref_t* message, amps_span_t reason, void* box) {
  Entry<&py_on_failed_write>::call(message, reason, box);
}

void pyamps_on_exception(int32_t code, amps_span_t text, void* box) {
  Entry<&py_on_exception>::call(code, text, box);
}

void pyamps_on_state(int32_t state, void* box) {
  Entry<&py_on_state>::call(state, box);
}

amps_result pyamps_on_lost(amps_client_ref_t* client, void* box) {
  return Entry<&py_on_lost>::call(client, box);
}

amps_result pyamps_on_bytes(amps_transport_bytes_t* bytes, void* box) {
  return Entry<&py_on_bytes>::call(bytes, box);
}

amps_result pyamps_on_thread(void* box) {
  return Entry<&py_on_thread>::call(box);
}

void pyamps_release_object(void* object) {
  Entry<&py_release_object>::call(object);
}

int32_t pyamps_interrupted(void) {
  if (PyThread_get_thread_ident() != g_main_thread.load(std::memory_order_relaxed)) return 0;
  if (pyamps::python_is_gone()) return 0;
  const PyGILState_STATE state = PyGILState_Ensure();
  const int32_t interrupted = py_check_signals();
  PyGILState_Release(state);
  return interrupted;
}

void pyamps_set_main_thread(unsigned long ident) {
  g_main_thread.store(ident, std::memory_order_relaxed);
}

void pyamps_stop_deliveries(void) {
  g_stopped.store(true, std::memory_order_relaxed);
}

void pyamps_disconnect_all(amps_client_t* const* clients, size_t count, unsigned timeout_ms) {
  std::vector<amps_client_t*> kept(clients, clients + count);
  for (amps_client_t* client : kept) amps_client_retain(client);
  auto farewell = std::make_shared<Farewell>();
  std::thread([kept = std::move(kept), farewell] {
    for (amps_client_t* client : kept) {
      amps_client_disconnect(client);
      amps_client_release(client);
    }
    const std::lock_guard<std::mutex> lock(farewell->mutex);
    farewell->done = true;
    farewell->finished.notify_all();
  }).detach();
  std::unique_lock<std::mutex> lock(farewell->mutex);
  farewell->finished.wait_for(lock, std::chrono::milliseconds(timeout_ms), [&] { return farewell->done; });
}
