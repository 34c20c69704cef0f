// SPDX-License-Identifier: Apache-2.0
// Writes the frames of one connection to the log, at level trace (broker 14.4): the header and the beginning
// of the body. The header of a logon is not shown, nor one that was not understood, so that no password can
// slip through.
// Threads: the event loop of the connection, without a lock. Exists only where the log wants it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/log.h"
#include "net/byte_stream.h"
#include "wire/header_decoder.h"

namespace amps::broker {

class TrafficTrace {
 public:
  // `what` names the connection.
  TrafficTrace(LogSink* log, std::string what);

  void received(std::string_view bytes) { incoming_.take(*this, bytes, "received"); }
  void sent(std::string_view bytes) { outgoing_.take(*this, bytes, "sent"); }

 private:
  // Finds frames in a stream of bytes, and keeps the beginning of the one at hand.
  class Frames {
   public:
    void take(TrafficTrace& trace, std::string_view bytes, std::string_view verb);

   private:
    std::string begin_;     // Length prefix and what is kept of the frame.
    std::size_t rest_ = 0;  // Bytes of the frame that have not come yet, once its length is known.
    std::size_t size_ = 0;  // Of the frame.
  };
  void show(std::string_view verb, std::string_view begin, std::size_t size);

  LogSink& log_;
  const std::string what_;
  Frames incoming_;
  Frames outgoing_;
  wire::HeaderDecoder decoder_;
};

// A stream that tells a trace what was written to it.
class TracedWrites final : public net::ByteStream {
 public:
  TracedWrites(net::ByteStream* stream, TrafficTrace* trace) noexcept : stream_(*stream), trace_(*trace) {}
  net::IoResult read_some(char* to, std::size_t size) override { return stream_.read_some(to, size); }
  net::IoResult write_some(const char* from, std::size_t size) override;
  net::IoResult flush_some() override { return stream_.flush_some(); }
  bool has_buffered_input() const noexcept override { return stream_.has_buffered_input(); }
  int fd() const noexcept override { return stream_.fd(); }
  void shutdown() noexcept override { stream_.shutdown(); }
  Status status() const override { return stream_.status(); }

 private:
  net::ByteStream& stream_;
  TrafficTrace& trace_;
};

}  // namespace amps::broker
