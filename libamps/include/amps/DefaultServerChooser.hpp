/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file DefaultServerChooser.hpp
 * Goes round a list of URIs.
 */
#ifndef AMPS_DEFAULTSERVERCHOOSER_HPP
#define AMPS_DEFAULTSERVERCHOOSER_HPP

#include <string>

#include "ServerChooser.hpp"

namespace AMPS {

/** Keeps the current URI after a success, moves to the next after a failure. */
class AMPS_TYPE DefaultServerChooser : public detail::ForwardingServerChooser {
 public:
  AMPS_FN DefaultServerChooser() : DefaultServerChooser(created()) {}

  virtual void add(const std::string& uri) {
    detail::check(amps_default_chooser_add(native(), detail::span(uri), NULL, NULL));
  }
  virtual void remove(const std::string& uri) {
    detail::check(amps_default_chooser_remove(native(), detail::span(uri)));
  }
  /** Adds every URI of a container of std::string. */
  template <class Container>
  AMPS_FN void addAll(const Container& uris) {
    for (typename Container::const_iterator uri = uris.begin(); uri != uris.end(); ++uri) add(*uri);
  }
  /** The URI is tried first. */
  AMPS_FN void prepend(const std::string& uri) {
    detail::check(amps_default_chooser_prepend(native(), detail::span(uri)));
  }
  /** Moves to the next URI. */
  AMPS_FN void next() { detail::check(amps_default_chooser_next(native())); }

 private:
  struct Created {
    const amps_server_chooser_vt_t* table;
    void* self;
  };
  AMPS_FN explicit DefaultServerChooser(const Created& created)
      : detail::ForwardingServerChooser(created.table, created.self, true) {}
  AMPS_FN static Created created() {
    detail::require_library();
    Created result = {NULL, NULL};
    detail::check(amps_default_chooser_new(&result.table, &result.self));
    return result;
  }
};

}  // namespace AMPS

#endif  // AMPS_DEFAULTSERVERCHOOSER_HPP
