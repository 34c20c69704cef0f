/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file MessageHandler.hpp
 * What is called with a message.
 */
#ifndef AMPS_MESSAGEHANDLER_HPP
#define AMPS_MESSAGEHANDLER_HPP

#include <type_traits>
#include <utility>

#include "Message.hpp"
#include "amps_client.h"
#include "detail/Callable.hpp"

namespace AMPS {

class MessageHandler;

namespace detail {

amps_handler_t registration(const MessageHandler& handler);

}  // namespace detail

/**
 * Wraps `void f(AMPS::Message&, void* userdata)` or any function object that takes a message.
 * Copies share the function object. A function pointer is called by the library itself, with
 * nothing in between.
 *
 * Threads: the handler runs on the client's receive thread, one call at a time. It must not wait for
 * the server on the same client (publishing does not wait). An exception it throws is reported to
 * the exception listener and delivery goes on. The message dies when it returns.
 */
class AMPS_TYPE MessageHandler {
 public:
  typedef void (*Function)(Message& message, void* userdata);
  typedef void (*ConstFunction)(const Message& message, void* userdata);

  /** Empty: delivering to it does nothing. */
  AMPS_FN MessageHandler() : function_(NULL), userdata_(NULL), box_(NULL) {}
  /** @param userdata handed to each call; must live until the last possible call */
  AMPS_FN MessageHandler(Function function, void* userdata)
      : function_(NULL), userdata_(userdata), box_(NULL) {
    bind(function, userdata);
  }
  AMPS_FN MessageHandler(ConstFunction function, void* userdata)
      : function_(NULL), userdata_(userdata), box_(NULL) {
    bind(function, userdata);
  }
  /** Any callable: lambda, std::bind result, functor, function pointer without userdata. */
  template <class F, class = decltype(std::declval<F&>()(std::declval<Message&>()))>
  AMPS_FN MessageHandler(const F& callable) : function_(NULL), userdata_(NULL), box_(NULL) {
    typedef typename std::decay<F>::type Kept;  // A function is kept as a pointer to it.
    adopt(new detail::CallableOf<Kept>(callable), &call<Kept>);
  }
  AMPS_FN MessageHandler(const MessageHandler& other)
      : function_(other.function_), userdata_(other.userdata_), box_(other.box_) {
    detail::retain(box_);
  }
  AMPS_FN MessageHandler& operator=(const MessageHandler& other) {
    detail::Callable* const old = box_;
    detail::retain(other.box_);
    function_ = other.function_;
    userdata_ = other.userdata_;
    box_ = other.box_;
    detail::release(old);
    return *this;
  }
  AMPS_FN ~MessageHandler() { detail::release(box_); }

  AMPS_FN bool isValid() const { return function_ != NULL; }
  AMPS_FN void invoke(Message& message) const {
    if (function_) function_(detail::ref(message), userdata_);
  }
  AMPS_FN void operator()(Message& message) const { invoke(message); }

  /** A handler the library gave to a subscription manager: passed back to it as it was. */
  AMPS_FN explicit MessageHandler(const amps_handler_t& handler)
      : function_(handler.fn), userdata_(handler.userdata), box_(NULL) {
    if (handler.fn) box_ = new detail::CallableOf<amps_handler_t>(handler);
  }

 private:
  friend amps_handler_t detail::registration(const MessageHandler& handler);

  template <class F>
  AMPS_FN static void call(amps_message_ref_t* ref, void* box) {
    static_cast<detail::CallableOf<F>*>(static_cast<detail::Callable*>(box))->function(detail::message(ref));
  }
  template <class F>
  AMPS_FN void adopt(detail::CallableOf<F>* box, amps_message_fn function) {
    box_ = box;
    function_ = function;
    userdata_ = static_cast<detail::Callable*>(box);
  }

#if defined(AMPS_STRICT_HANDLERS)
  // For builds that check the type of functions called through pointers: one call more.
  template <class Pointer>
  struct Bound {
    Pointer function;
    void* userdata;
    AMPS_FN void operator()(Message& message) { function(message, userdata); }
  };
  template <class Pointer>
  AMPS_FN void bind(Pointer function, void* userdata) {
    if (!function) return;
    const Bound<Pointer> bound = {function, userdata};
    adopt(new detail::CallableOf<Bound<Pointer> >(bound), &call<Bound<Pointer> >);
  }
#else
  // Message has the layout of amps_message_ref_t, so the pointer is called as it is.
  template <class Pointer>
  AMPS_FN void bind(Pointer function, void*) {
    function_ = reinterpret_cast<amps_message_fn>(reinterpret_cast<void (*)()>(function));
  }
#endif

  // The box holds a function object when userdata_ points to it, else an amps_handler_t of the library.
  amps_message_fn function_;
  void* userdata_;
  detail::Callable* box_;
};

static_assert(std::is_standard_layout<MessageHandler>::value && sizeof(MessageHandler) == 3 * sizeof(void*),
              "a handler is three pointers, whatever the standard library");
static_assert(std::is_constructible<MessageHandler, void (*)(Message&, void*), void*>::value,
              "the documented handler signature");

namespace detail {

// What the library gets. With a function object it owns one more reference, which it gives back
// through release.
AMPS_FN inline amps_handler_t registration(const MessageHandler& handler) {
  Callable* const box = handler.box_;
  if (box && handler.userdata_ != box) {
    return static_cast<CallableOf<amps_handler_t>*>(box)->function;
  }
  amps_handler_t result = amps_handler_t();
  result.struct_size = sizeof(result);
  result.fn = handler.function_;
  result.userdata = handler.userdata_;
  if (box) {
    retain(box);
    result.release = &release_callable;
  }
  return result;
}

}  // namespace detail
}  // namespace AMPS

#endif  // AMPS_MESSAGEHANDLER_HPP
