// SPDX-License-Identifier: Apache-2.0
// A function of the program with its userdata, copied from the struct it was registered with. Its
// release runs once, when nobody can call it any more.
// Threads: any may hold one. Requires: the last holder lets go without a lock held.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>

#include "amps/amps_client.h"

namespace amps::client {

template <typename Struct>
void* release_argument(const Struct& c) noexcept {
  return c.userdata;
}
inline void* release_argument(const amps_handler_t& c) noexcept {
  return c.owner != nullptr ? c.owner : c.userdata;
}

template <typename Struct>
class Callback {
 public:
  explicit Callback(const Struct& from) noexcept {
    std::memcpy(&c_, &from, std::min<std::size_t>(from.struct_size, sizeof c_));
  }
  ~Callback() {
    if (c_.release != nullptr) c_.release(release_argument(c_));
  }
  Callback(const Callback&) = delete;
  Callback& operator=(const Callback&) = delete;
  const Struct& c() const noexcept { return c_; }

 private:
  Struct c_{};
};

// Shared by the table it is registered in and by the thread that is calling it.
template <typename Struct>
using CallbackPtr = std::shared_ptr<const Callback<Struct>>;

// Nothing when there is no function; the userdata is then released at once, as it is when this throws.
template <typename Struct>
CallbackPtr<Struct> make_callback(const Struct* from) {
  if (from == nullptr) return nullptr;
  CallbackPtr<Struct> callback;
  try {
    callback = std::make_shared<const Callback<Struct>>(*from);
  } catch (...) {
    const Callback<Struct> released(*from);
    throw;
  }
  return callback->c().fn == nullptr ? nullptr : callback;
}

using HandlerPtr = CallbackPtr<amps_handler_t>;

}  // namespace amps::client
