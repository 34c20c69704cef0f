/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file DisconnectHandler.hpp
 * Called when a connection was lost without being asked for.
 */
#ifndef AMPS_DISCONNECTHANDLER_HPP
#define AMPS_DISCONNECTHANDLER_HPP

#include <type_traits>
#include <utility>

#include "amps_client.h"
#include "detail/Callable.hpp"
#include "detail/guarded.hpp"

namespace AMPS {

class Client;

/**
 * Wraps `void f(AMPS::Client&, void* userdata)` or any function object that takes a client. It runs
 * on the thread that noticed the loss and may connect, log on and subscribe. When it throws, those
 * who wait for the connection get a DisconnectedException.
 */
class AMPS_TYPE DisconnectHandler {
 public:
  typedef void (*Function)(Client& client, void* userdata);

  AMPS_FN DisconnectHandler() : box_(NULL) {}
  AMPS_FN DisconnectHandler(Function function, void* userdata) : box_(NULL) {
    const WithUserdata bound = {function, userdata};
    if (function) box_ = new Callback<WithUserdata>(bound);
  }
  template <class F, class = decltype(std::declval<F&>()(std::declval<Client&>()))>
  AMPS_FN DisconnectHandler(const F& callable) : box_(new Callback<typename std::decay<F>::type>(callable)) {}
  AMPS_FN DisconnectHandler(const DisconnectHandler& other) : box_(other.box_) { detail::retain(box_); }
  AMPS_FN DisconnectHandler& operator=(const DisconnectHandler& other) {
    detail::Callable* const old = box_;
    detail::retain(other.box_);
    box_ = other.box_;
    detail::release(old);
    return *this;
  }
  AMPS_FN ~DisconnectHandler() { detail::release(box_); }

  AMPS_FN bool isValid() const { return box_ != NULL; }

  /** What the library gets: one more reference, which it gives back through release. */
  AMPS_FN amps_disconnect_handler_t registration() const {
    amps_disconnect_handler_t result = amps_disconnect_handler_t();
    result.struct_size = sizeof(result);
    if (!box_) return result;
    detail::retain(box_);
    result.fn = box_->call;
    result.userdata = static_cast<detail::Callable*>(box_);
    result.release = &detail::release_callable;
    return result;
  }

 private:
  struct Box : detail::Callable {
    amps_result (*call)(amps_client_ref_t* client, void* box);
  };
  struct WithUserdata {
    Function function;
    void* userdata;
    AMPS_FN void operator()(Client& client) { function(client, userdata); }
  };
  template <class F>
  struct Callback : Box {
    AMPS_FN explicit Callback(const F& f) : function(f) {
      this->references = 1;
      this->destroy = &Callback::destroy_this;
      this->call = &Callback::call_function;
    }
    AMPS_FN static void destroy_this(detail::Callable* box) {
      delete static_cast<Callback*>(static_cast<Box*>(box));
    }
    AMPS_FN static amps_result call_function(amps_client_ref_t* client, void* box) {
      F& function = static_cast<Callback*>(static_cast<Box*>(static_cast<detail::Callable*>(box)))->function;
      const amps_result result = detail::guarded([&] { function(*reinterpret_cast<Client*>(client)); });
      return result == AMPS_E_OK ? AMPS_E_OK : AMPS_E_DISCONNECTED;
    }

    F function;
  };

  Box* box_;
};

static_assert(std::is_standard_layout<DisconnectHandler>::value && sizeof(DisconnectHandler) == sizeof(void*),
              "a disconnect handler is one pointer");

}  // namespace AMPS

#endif  // AMPS_DISCONNECTHANDLER_HPP
