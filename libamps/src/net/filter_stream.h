// SPDX-License-Identifier: Apache-2.0
// Shows a function all bytes that pass, and lets it replace them (amps_transport_filter_t). It stands
// above TLS and zlib, so the function sees frames in plain.
// Threads: as ByteStream; the function runs on the reader for incoming and on the writer for outgoing
// bytes, so possibly twice at the same time. Owns: the inner stream and the function.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "base/buffer.h"
#include "net/byte_stream.h"
#include "net/failure.h"
#include "net/held_output.h"

namespace amps::net {

class FilterStream final : public ByteStream {
 public:
  // May point `bytes` elsewhere, at any number of bytes, which stay as they are until its next call
  // for the same direction. Each byte is shown once. A failure closes the connection: a filter that
  // hides secrets must not let them pass when it breaks.
  using Filter = std::function<Status(bool incoming, std::string_view* bytes)>;

  FilterStream(std::unique_ptr<ByteStream> inner, Filter filter);

  IoResult read_some(char* to, std::size_t size) override;
  IoResult write_some(const char* from, std::size_t size) override;
  IoResult flush_some() override;
  bool has_buffered_input() const noexcept override;
  int fd() const noexcept override { return inner_->fd(); }
  void shutdown() noexcept override { inner_->shutdown(); }
  Status status() const override;

 private:
  bool pass(bool incoming, std::string_view* bytes);

  const std::unique_ptr<ByteStream> inner_;
  const Filter filter_;
  Failure failure_;
  Buffer input_;           // Filtered bytes that found no room. Owned by the reader, like the next one.
  std::size_t taken_ = 0;  // How many of them were read since.
  HeldOutput output_;      // Owned by the writer.
};

}  // namespace amps::net
