// SPDX-License-Identifier: Apache-2.0
// Compression of a whole connection: one zlib stream (RFC 1950) a direction, from the first byte on,
// with a sync flush at the end of each batch (protocol 1.5).
// Threads: as ByteStream; the limit belongs to the reader. Owns: the inner stream.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/buffer.h"
#include "net/byte_stream.h"
#include "net/failure.h"
#include "net/held_output.h"

namespace amps::net {

class ZlibStream final : public ByteStream {
 public:
  // `received`: compressed bytes that were read to find out what the peer speaks. Fails when zlib
  // cannot be loaded or has no memory; `inner` is gone then.
  static Status make(std::unique_ptr<ByteStream> inner, std::string_view received,
                     std::unique_ptr<ZlibStream>* out);
  ~ZlibStream() override;
  ZlibStream(const ZlibStream&) = delete;
  ZlibStream& operator=(const ZlibStream&) = delete;

  // How many bytes may come out of the peer's stream from now on; a zlib bomb makes a thousand of one.
  // More is a failure. Without a call there is no limit.
  void set_inflated_bytes_max(std::uint64_t count) noexcept { inflated_left_ = count; }

  // Gives at most 64 KiB, so that what is inflated is always small beside what is read.
  IoResult read_some(char* to, std::size_t size) override;
  IoResult write_some(const char* from, std::size_t size) override;
  IoResult flush_some() override;
  bool has_buffered_input() const noexcept override;
  int fd() const noexcept override { return inner_->fd(); }
  void shutdown() noexcept override { inner_->shutdown(); }
  Status status() const override;

 private:
  struct Codec;  // Keeps zlib.h out of this header.

  ZlibStream(std::unique_ptr<ByteStream> inner, std::unique_ptr<Codec> codec, std::string_view received);
  IoResult refill();
  IoResult inflate_some(char* to, std::size_t size);
  bool deflate_all(std::string_view bytes, int flush);
  IoResult fail(amps_result code, const char* text);

  const std::unique_ptr<ByteStream> inner_;
  const std::unique_ptr<Codec> codec_;
  Failure failure_;
  // Owned by the reader.
  Buffer input_;           // Compressed bytes.
  std::size_t taken_ = 0;  // How many of them were inflated.
  std::uint64_t inflated_left_ = UINT64_MAX;
  bool output_was_full_ = false;  // zlib may hold more bytes than there was room for.
  bool ended_ = false;            // The peer has finished its stream.
  // Owned by the writer.
  HeldOutput output_;
  bool needs_flush_ = false;  // zlib holds bytes that no sync flush has pushed out.
};

}  // namespace amps::net
