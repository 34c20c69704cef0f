/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file Part.hpp
 * A part that a program puts into a client: an object of a user's class, or one of the library.
 *
 * A user's object crosses the C interface as (table of thunks, Part). The Part is freed by the
 * library that made it, through its own function. An object of the library, or one written in
 * another language, is wrapped in a class that forwards to its table.
 */
#ifndef AMPS_DETAIL_PART_HPP
#define AMPS_DETAIL_PART_HPP

#include <cstddef>
#include <cstring>

#include "../AMPSException.hpp"
#include "Callable.hpp"
#include "attributes.hpp"

namespace AMPS {
namespace detail {

// Names objects made by these headers, so that a getter gives back what a setter was given.
// Changes when the layout of Part or the virtual functions of an interface change.
#define AMPS_PART_FAMILY "AMPS-C++/1"

// Layout frozen: shared by all libraries whose headers use the same family.
template <class Interface>
struct Part : Callable {
  Interface* object;  // Owned.
  const void* table;  // Set for a forwarding object: the table and self it forwards to.
  void* self;
};

AMPS_FN inline void retain_callable(void* part) {
  retain(static_cast<Callable*>(part));
}

template <class Interface>
AMPS_FN void destroy_part(Callable* box) {
  Part<Interface>* const part = static_cast<Part<Interface>*>(box);
  delete part->object;
  delete part;
}

// Takes the object over, also when it throws.
template <class Interface>
AMPS_FN Part<Interface>* new_part(Interface* object) {
  if (!object) return NULL;
  Part<Interface>* part = NULL;
  try {
    part = new Part<Interface>();
  } catch (...) {
    delete object;
    throw;
  }
  part->references = 1;
  part->destroy = &destroy_part<Interface>;
  part->object = object;
  part->table = NULL;
  part->self = NULL;
  return part;
}

template <class Interface>
AMPS_FN Interface& object_of(void* self) {
  return *static_cast<Part<Interface>*>(static_cast<Callable*>(self))->object;
}

// Fills the head that all tables begin with.
template <class Table>
AMPS_FN Table table_of_parts() {
  Table table = Table();
  table.struct_size = sizeof(Table);
  table.family = AMPS_PART_FAMILY;
  table.retain = &retain_callable;
  table.release = &release_callable;
  return table;
}

// True when the entry lies within the table as its maker compiled it, and is set.
#define AMPS_TABLE_HAS(table, entry)                                                         \
  ((table)->struct_size >= offsetof(__typeof__(*(table)), entry) + sizeof((table)->entry) && \
   (table)->entry != NULL)

// An object behind a table of somebody else, which lives as long as this.
template <class Table>
class Foreign {
 public:
  // Takes over one reference, or takes one.
  AMPS_FN Foreign(const Table* table, void* self, bool take_over) : table_(table), self_(self) {
    if (!take_over && table_->retain) table_->retain(self_);
  }
  AMPS_FN ~Foreign() {
    if (table_->release) table_->release(self_);
  }
  AMPS_FN const Table* table() const { return table_; }
  AMPS_FN void* self() const { return self_; }

 private:
  Foreign(const Foreign&);
  Foreign& operator=(const Foreign&);

  const Table* table_;
  void* self_;
};

/**
 * Reference to a part; the only member of the handle classes.
 *
 * Adapter<Interface> gives: Table, table() the thunks for objects of Interface, Forwarder the class
 * that forwards to a foreign table.
 */
template <class Interface>
struct Adapter;

template <class Interface>
class PartRef {
 public:
  typedef typename Adapter<Interface>::Table Table;

  AMPS_FN PartRef() : part_(NULL) {}
  AMPS_FN explicit PartRef(Interface* object) : part_(new_part(object)) {}
  AMPS_FN PartRef(const PartRef& other) : part_(other.part_) { retain(part_); }
  AMPS_FN PartRef& operator=(const PartRef& other) {
    Part<Interface>* const old = part_;
    retain(other.part_);
    part_ = other.part_;
    release(old);
    return *this;
  }
  AMPS_FN ~PartRef() { release(part_); }

  // The part behind (table, self) as a client's getter gives it; empty when there is none.
  AMPS_FN static PartRef from(const Table* table, void* self) {
    PartRef found;
    if (!table || !self) return found;
    if (table->family && std::strcmp(table->family, AMPS_PART_FAMILY) == 0) {
      found.part_ = static_cast<Part<Interface>*>(static_cast<Callable*>(self));
      retain(found.part_);
      return found;
    }
    found.part_ = new_part<Interface>(new typename Adapter<Interface>::Forwarder(table, self));
    found.part_->table = table;
    found.part_->self = self;
    return found;
  }

  // An object of the library itself: a client gets what is behind it, and no call passes through it.
  AMPS_FN static PartRef native(Interface* object, const Table* table, void* self) {
    PartRef made(object);
    made.part_->table = table;
    made.part_->self = self;
    return made;
  }

  AMPS_FN bool valid() const { return part_ != NULL; }
  // True for an object of a program, false for one that forwards.
  AMPS_FN bool own() const { return part_ && !part_->table; }
  AMPS_FN Interface& object() const {
    if (AMPS_UNLIKELY(!part_)) raise_usage("the handle is empty; construct it with an object");
    return *part_->object;
  }
  // What a client's setter takes. An empty handle gives NULL, which removes the part.
  AMPS_FN const Table* table() const {
    if (!part_) return NULL;
    return part_->table ? static_cast<const Table*>(part_->table) : Adapter<Interface>::table();
  }
  AMPS_FN void* self() const { return part_ && part_->table ? part_->self : static_cast<Callable*>(part_); }

 private:
  Part<Interface>* part_;
};

}  // namespace detail
}  // namespace AMPS

#endif  // AMPS_DETAIL_PART_HPP
