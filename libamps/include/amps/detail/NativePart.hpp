/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file NativePart.hpp
 * Parts of the library itself that programs may also derive from.
 */
#ifndef AMPS_DETAIL_NATIVEPART_HPP
#define AMPS_DETAIL_NATIVEPART_HPP

#include <cstddef>

#include "Part.hpp"
#include "attributes.hpp"

#if defined(__GXX_RTTI) || defined(__cpp_rtti)
#define AMPS_HAS_RTTI 1
#include <typeinfo>
#endif

namespace AMPS {
namespace detail {

// (table, self) as the library's functions make them; self carries one reference.
template <class Table>
struct MadePart {
  const Table* table;
  void* self;
};

/** Mixed into each class that stands for a part of the library. */
template <class Table>
class AMPS_TYPE NativePart {
 public:
  virtual ~NativePart() {}
  /** False for an object of a class that a program derived: its methods have to be called. */
  virtual bool is_exact() const = 0;
  virtual const Table* native_table() const = 0;
  virtual void* native_self() const = 0;
};

// Takes the object over. Without RTTI every object is called through its class.
template <class Interface>
AMPS_FN PartRef<Interface> part_of(Interface* object) {
#if defined(AMPS_HAS_RTTI)
  typedef typename Adapter<Interface>::Table Table;
  const NativePart<Table>* const native = dynamic_cast<const NativePart<Table>*>(object);
  if (native && native->is_exact()) {
    return PartRef<Interface>::native(object, native->native_table(), native->native_self());
  }
#endif
  return PartRef<Interface>(object);
}

// The methods of NativePart for a class that forwards to its table.
#if defined(AMPS_HAS_RTTI)
#define AMPS_IS_EXACTLY(name) (typeid(*this) == typeid(name))
#else
#define AMPS_IS_EXACTLY(name) false
#endif
#define AMPS_NATIVE_PART(name, table_type)         \
  virtual bool is_exact() const {                  \
    return AMPS_IS_EXACTLY(name);                  \
  }                                                \
  virtual const table_type* native_table() const { \
    return this->table();                          \
  }                                                \
  virtual void* native_self() const {              \
    return this->self();                           \
  }

}  // namespace detail
}  // namespace AMPS

#endif  // AMPS_DETAIL_NATIVEPART_HPP
