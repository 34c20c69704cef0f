// SPDX-License-Identifier: Apache-2.0
// How threads of libamps enter Python, for callbacks that run now and then. Messages use gil.h.
#pragma once

#include <cxxabi.h>
#include <unistd.h>

#include <type_traits>

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "amps/amps_types.h"

namespace pyamps {

// True once the interpreter is going down: nobody may enter Python any more.
inline bool python_is_gone() noexcept {
#if PY_VERSION_HEX >= 0x030d0000
  return Py_IsFinalizing() != 0;
#else
  return _Py_IsFinalizing() != 0;
#endif
}

// CPython before 3.14 ends a thread that wants the GIL too late by unwinding its stack. Unwinding
// through libamps would end the process, so such a thread sleeps until the process is gone.
[[noreturn]] inline void sleep_for_ever() noexcept {
  for (;;) pause();
}

template <auto Target>
struct Entry;

// A function for a table of libamps: takes the GIL, calls Target, gives the GIL back.
// Threads: any, with or without the GIL. Blocks: for the GIL.
template <typename R, typename... A, R (*Target)(A...)>
struct Entry<Target> {
  static R call(A... args) {
    try {
      if (python_is_gone()) return gone();
      const PyGILState_STATE state = PyGILState_Ensure();
      if constexpr (std::is_void_v<R>) {
        Target(args...);
        PyGILState_Release(state);
      } else {
        const R result = Target(args...);
        PyGILState_Release(state);
        return result;
      }
    } catch (abi::__forced_unwind&) {
      sleep_for_ever();
    }
  }

 private:
  static R gone() noexcept {
    if constexpr (!std::is_void_v<R>) return AMPS_E_DISCONNECTED;
  }
};

}  // namespace pyamps
