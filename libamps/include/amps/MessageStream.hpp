/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file MessageStream.hpp
 * Messages taken one by one by the program's own thread.
 */
#ifndef AMPS_MESSAGESTREAM_HPP
#define AMPS_MESSAGESTREAM_HPP

#include <cstddef>
#include <iterator>
#include <type_traits>

#include "Message.hpp"
#include "amps_client.h"
#include "detail/Callable.hpp"

namespace AMPS {

/**
 * A handle to a queue that the receive thread fills and `for (AMPS::Message m : stream)` empties.
 * The last handle unsubscribes. The stream of a query ends by itself; that of a subscription ends
 * with close() or with the connection. A full queue makes the client stop reading.
 * Threads: one iterates; close() may be called from any.
 */
class AMPS_TYPE MessageStream {
 public:
  /** Single pass. A message is valid while any handle to it exists. */
  class AMPS_TYPE iterator {
   public:
    typedef std::input_iterator_tag iterator_category;
    typedef Message value_type;
    typedef std::ptrdiff_t difference_type;
    typedef const Message* pointer;
    typedef const Message& reference;

    AMPS_FN iterator() : stream_(NULL) {}
    AMPS_FN iterator(const iterator& other) : stream_(other.stream_), current_(other.current_) {
      detail::retain(stream_);
    }
    AMPS_FN iterator& operator=(const iterator& other) {
      detail::Callable* const old = stream_;
      detail::retain(other.stream_);
      stream_ = other.stream_;
      current_ = other.current_;
      detail::release(old);
      return *this;
    }
    AMPS_FN ~iterator() { detail::release(stream_); }

    /** An invalid message means that the time-out passed; iteration may go on. */
    AMPS_FN Message& operator*() const { return current_; }
    AMPS_FN Message* operator->() const { return &current_; }
    AMPS_FN iterator& operator++() {
      advance();
      return *this;
    }
    AMPS_FN iterator operator++(int) {
      iterator before(*this);
      advance();
      return before;
    }
    AMPS_FN bool operator==(const iterator& other) const { return stream_ == other.stream_; }
    AMPS_FN bool operator!=(const iterator& other) const { return stream_ != other.stream_; }

   private:
    friend class MessageStream;
    AMPS_FN explicit iterator(detail::Callable* stream) : stream_(stream) {
      detail::retain(stream_);
      try {
        advance();
      } catch (...) {
        detail::release(stream_);
        throw;
      }
    }
    AMPS_FN void advance() {
      if (!stream_ || MessageStream::next(stream_, &current_)) return;
      detail::release(stream_);
      stream_ = NULL;
    }

    detail::Callable* stream_;  // NULL at the end.
    mutable Message current_;
  };

  AMPS_FN MessageStream() : box_(NULL) {}
  /** Takes over one reference. */
  AMPS_FN explicit MessageStream(amps_stream_t* stream) : box_(NULL) {
    const Queue queue(stream);  // Owns it, should there be no memory for the box.
    box_ = new Box(queue);
  }
  AMPS_FN MessageStream(const MessageStream& other) : box_(other.box_) { detail::retain(box_); }
  AMPS_FN MessageStream& operator=(const MessageStream& other) {
    detail::Callable* const old = box_;
    detail::retain(other.box_);
    box_ = other.box_;
    detail::release(old);
    return *this;
  }
  AMPS_FN ~MessageStream() { detail::release(box_); }

  AMPS_FN bool isValid() const { return box_ != NULL; }
  /** Waits for the first message. */
  AMPS_FN iterator begin() { return iterator(box_); }
  AMPS_FN iterator end() { return iterator(); }
  /** Longest wait for the next message in ms; on expiry an invalid message is yielded. 0 waits without limit.
   */
  AMPS_FN MessageStream timeout(unsigned timeout_ms) {
    queue().timeout_ms = timeout_ms;
    return *this;
  }
  /** Keeps only the newest waiting message of each SOW key. */
  AMPS_FN MessageStream conflate() {
    detail::check(amps_stream_set_conflating(queue().stream, 1));
    return *this;
  }
  /** Messages held before the client stops reading; 0: only the library's limit in bytes. */
  AMPS_FN MessageStream maxDepth(unsigned messages) {
    detail::check(amps_stream_set_max_depth(queue().stream, messages));
    return *this;
  }
  AMPS_FN unsigned getMaxDepth() const {
    return static_cast<unsigned>(amps_stream_max_depth(queue().stream));
  }
  AMPS_FN unsigned getDepth() const { return static_cast<unsigned>(amps_stream_depth(queue().stream)); }
  /** Unsubscribes and ends the stream. */
  AMPS_FN void close() {
    if (box_) amps_stream_close(queue().stream);
  }

 private:
  struct Queue {
    AMPS_FN explicit Queue(amps_stream_t* taken) : stream(taken), timeout_ms(0) {}
    AMPS_FN Queue(const Queue& other) : stream(other.stream), timeout_ms(other.timeout_ms) {
      amps_stream_retain(stream);
    }
    AMPS_FN ~Queue() { amps_stream_release(stream); }

    amps_stream_t* stream;
    unsigned timeout_ms;

   private:
    Queue& operator=(const Queue&);
  };
  typedef detail::CallableOf<Queue> Box;

  AMPS_FN Queue& queue() const {
    if (AMPS_UNLIKELY(!box_))
      detail::raise_usage("the message stream is empty; use one that execute() returned");
    return static_cast<Box*>(box_)->function;
  }
  // False at the end. *message is invalid when the time-out passed.
  AMPS_FN static bool next(detail::Callable* box, Message* message) {
    const Queue& queue = static_cast<Box*>(box)->function;
    amps_message_ref_t taken = {NULL};
    amps_stream_state_t state = AMPS_STREAM_ENDED;
    *message = Message();  // Gives the previous message's memory back before waiting.
    detail::check(amps_stream_next(queue.stream, queue.timeout_ms, &taken, &state));
    *message = Message(taken.body);
    return state != AMPS_STREAM_ENDED;
  }

  detail::Callable* box_;
};

static_assert(std::is_standard_layout<MessageStream>::value && sizeof(MessageStream) == sizeof(void*),
              "a stream is one pointer");

}  // namespace AMPS

#endif  // AMPS_MESSAGESTREAM_HPP
