/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file Callable.hpp
 * A reference-counted box around a function object, released through a C function.
 *
 * The box is freed by the library that made it, through its own function, whoever releases it last.
 */
#ifndef AMPS_DETAIL_CALLABLE_HPP
#define AMPS_DETAIL_CALLABLE_HPP

#include "attributes.hpp"

namespace AMPS {
namespace detail {

// Layout frozen: boxes pass between libraries compiled with different versions of this header.
struct Callable {
  long references;
  void (*destroy)(Callable*);
};

AMPS_FN inline void retain(Callable* box) {
  if (box) __atomic_add_fetch(&box->references, 1L, __ATOMIC_RELAXED);
}
AMPS_FN inline void release(Callable* box) {
  // The last releaser must see what the others did with the object before it destroys it.
  if (box && __atomic_sub_fetch(&box->references, 1L, __ATOMIC_ACQ_REL) == 0) box->destroy(box);
}
// For release members of C structs.
AMPS_FN inline void release_callable(void* box) {
  release(static_cast<Callable*>(box));
}

template <class F>
struct CallableOf : Callable {
  AMPS_FN explicit CallableOf(const F& f) : function(f) {
    references = 1;
    destroy = &CallableOf::destroy_this;
  }
  AMPS_FN static void destroy_this(Callable* box) { delete static_cast<CallableOf*>(box); }

  F function;
};

}  // namespace detail
}  // namespace AMPS

#endif  // AMPS_DETAIL_CALLABLE_HPP
