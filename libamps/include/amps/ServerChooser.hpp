/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file ServerChooser.hpp
 * Handle to a server chooser.
 */
#ifndef AMPS_SERVERCHOOSER_HPP
#define AMPS_SERVERCHOOSER_HPP

#include <string>
#include <type_traits>

#include "ServerChooserImpl.hpp"

namespace AMPS {

/** Copies are references to the same chooser; the last one frees it. */
class AMPS_TYPE ServerChooser {
 public:
  AMPS_FN ServerChooser() {}
  AMPS_FN ServerChooser(const ServerChooser&) = default;
  AMPS_FN ServerChooser& operator=(const ServerChooser&) = default;
  AMPS_FN ~ServerChooser() = default;
  /** Takes the object over. */
  AMPS_FN ServerChooser(ServerChooserImpl* chooser) : part_(chooser) {}
  AMPS_FN explicit ServerChooser(const detail::PartRef<ServerChooserImpl>& part) : part_(part) {}

  AMPS_FN bool isValid() const { return part_.valid(); }
  AMPS_FN ServerChooserImpl* get() const { return part_.valid() ? &part_.object() : NULL; }
  AMPS_FN std::string getCurrentURI() { return part_.object().getCurrentURI(); }
  AMPS_FN Authenticator& getCurrentAuthenticator() { return part_.object().getCurrentAuthenticator(); }
  AMPS_FN void reportFailure(const AMPSException& failure, const ConnectionInfo& info) {
    part_.object().reportFailure(failure, info);
  }
  AMPS_FN void reportSuccess(const ConnectionInfo& info) { part_.object().reportSuccess(info); }
  AMPS_FN std::string getError() { return part_.object().getError(); }
  AMPS_FN ServerChooser& add(const std::string& uri) {
    part_.object().add(uri);
    return *this;
  }
  AMPS_FN void remove(const std::string& uri) { part_.object().remove(uri); }

  AMPS_FN const detail::PartRef<ServerChooserImpl>& part() const { return part_; }

 private:
  detail::PartRef<ServerChooserImpl> part_;
};

static_assert(std::is_standard_layout<ServerChooser>::value && sizeof(ServerChooser) == sizeof(void*),
              "a server chooser is one pointer");

}  // namespace AMPS

#endif  // AMPS_SERVERCHOOSER_HPP
