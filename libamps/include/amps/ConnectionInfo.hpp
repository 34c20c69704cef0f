/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file ConnectionInfo.hpp
 * Descriptive keys and values of a connection.
 */
#ifndef AMPS_CONNECTIONINFO_HPP
#define AMPS_CONNECTIONINFO_HPP

#include <map>
#include <string>

#include "AMPSException.hpp"
#include "Field.hpp"
#include "amps_client.h"

namespace AMPS {

/** For example "client.name", "client.uri". */
typedef std::map<std::string, std::string> ConnectionInfo;

namespace detail {

AMPS_FN inline void add_connection_info(amps_span_t key, amps_span_t value, void* info) {
  (*static_cast<ConnectionInfo*>(info))[text(key)] = text(value);
}
AMPS_FN inline ConnectionInfo connection_info(amps_client_t* client) {
  ConnectionInfo info;
  if (client) check(amps_client_connection_info(client, &add_connection_info, &info));
  return info;
}

}  // namespace detail
}  // namespace AMPS

#endif  // AMPS_CONNECTIONINFO_HPP
