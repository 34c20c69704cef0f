// SPDX-License-Identifier: Apache-2.0
// guarded() for functions of a client: checks the handle, and keeps the failure with the client too.
#pragma once

#include <utility>

#include "abi/guard.h"
#include "client/callback.h"
#include "client/client.h"

namespace amps::abi {

// NULL unless the handle is a live client of this process; *why says what it is.
client::Client* client_of(amps_client_t* handle, Status* why) noexcept;

template <typename Body>
Status with_client(amps_client_t* handle, Body&& body) {
  Status why;
  client::Client* client = client_of(handle, &why);
  if (client == nullptr) return why;
  Status status = body(*client);
  if (__builtin_expect(!status.ok(), 0)) client->set_failure(status);
  return status;
}

template <typename Body>
amps_result guarded(amps_client_t* handle, Body&& body) {
  return guarded([&] { return with_client(handle, body); });
}

// The same for a function that is given a callback: it is the library's from here on, whatever fails.
template <typename Struct, typename Body>
amps_result guarded_with(amps_client_t* handle, const Struct* callback, Body&& body) {
  return guarded([&] {
    auto taken = client::make_callback(callback);
    return with_client(handle, [&](client::Client& client) { return body(client, std::move(taken)); });
  });
}

template <typename Body>
amps_result guarded(amps_handle handle, Body&& body) {
  return guarded(static_cast<amps_client_t*>(handle), std::forward<Body>(body));
}

}  // namespace amps::abi
