// SPDX-License-Identifier: Apache-2.0
#include "net/zlib_stream.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/limits.h"
#include "net/zlib_library.h"

namespace amps::net {
namespace {

constexpr std::size_t kInputBytes = 16 * 1024;        // Read at a time; inflates to a few times as much.
constexpr std::size_t kDeflateStepBytes = 16 * 1024;  // Room given to zlib at a time.
constexpr std::size_t kHeldBytesMax = 64 * 1024;      // Beyond it the writer waits for the socket.

}  // namespace

struct ZlibStream::Codec {
  const ZlibFunctions* zlib = nullptr;
  z_stream inflater{};
  z_stream deflater{};
  bool inflater_made = false;
  bool deflater_made = false;

  ~Codec() {
    if (inflater_made) zlib->inflateEnd(&inflater);
    if (deflater_made) zlib->deflateEnd(&deflater);
  }

  Status open() {
    AMPS_RETURN_IF_ERROR(load_zlib(&zlib));
    const int size = static_cast<int>(sizeof(z_stream));
    int result = zlib->inflateInit_(&inflater, ZLIB_VERSION, size);
    inflater_made = result == Z_OK;
    if (inflater_made) result = zlib->deflateInit_(&deflater, Z_DEFAULT_COMPRESSION, ZLIB_VERSION, size);
    deflater_made = inflater_made && result == Z_OK;
    if (deflater_made) return {};
    return {AMPS_E_MEMORY, "zlib cannot be started: its error " + std::to_string(result)};
  }
};

Status ZlibStream::make(std::unique_ptr<ByteStream> inner, std::string_view received,
                        std::unique_ptr<ZlibStream>* out) {
  auto codec = std::make_unique<Codec>();
  AMPS_RETURN_IF_ERROR(codec->open());
  out->reset(new ZlibStream(std::move(inner), std::move(codec), received));
  return {};
}

ZlibStream::ZlibStream(std::unique_ptr<ByteStream> inner, std::unique_ptr<Codec> codec,
                       std::string_view received)
    : inner_(std::move(inner)), codec_(std::move(codec)) {
  input_.append(received);
}

ZlibStream::~ZlibStream() = default;

IoResult ZlibStream::fail(amps_result code, const char* text) {
  failure_.note(Status(code, text));
  return {IoState::kFailed, 0};
}

IoResult ZlibStream::refill() {
  input_.clear();
  taken_ = 0;
  const IoResult result = inner_->read_some(input_.extend(kInputBytes), kInputBytes);
  input_.truncate(result.state == IoState::kOk ? result.size : 0);
  return result;
}

IoResult ZlibStream::read_some(char* to, std::size_t size) {
  if (size == 0) return {IoState::kOk, 0};
  for (;;) {
    const bool has_input = taken_ < input_.size();
    if (!has_input && !output_was_full_) {
      const IoResult result = refill();
      if (result.state != IoState::kOk) return result;
      continue;
    }
    if (ended_) return fail(AMPS_E_STREAM, "the peer sent bytes after the end of its zlib stream");
    const IoResult result = inflate_some(to, std::min(size, kReadBytes));
    if (result.state != IoState::kOk || result.size > 0) return result;
  }
}

// kOk with size 0: everything that was received is used up.
IoResult ZlibStream::inflate_some(char* to, std::size_t size) {
  // One byte more than allowed is enough to see that the peer goes too far.
  if (inflated_left_ < size) size = static_cast<std::size_t>(inflated_left_) + 1;
  z_stream& z = codec_->inflater;
  z.next_in = reinterpret_cast<Bytef*>(input_.data() + taken_);
  z.avail_in = static_cast<uInt>(input_.size() - taken_);
  z.next_out = reinterpret_cast<Bytef*>(to);
  z.avail_out = static_cast<uInt>(size);
  const int result = codec_->zlib->inflate(&z, Z_NO_FLUSH);
  taken_ = input_.size() - z.avail_in;
  output_was_full_ = z.avail_out == 0 && result != Z_STREAM_END;
  ended_ = result == Z_STREAM_END;
  // Z_BUF_ERROR: nothing to do, which happens after output that just filled the room.
  if (result == Z_NEED_DICT) return fail(AMPS_E_STREAM, "the peer's zlib stream wants a dictionary");
  if (result == Z_MEM_ERROR) return fail(AMPS_E_MEMORY, "no memory to inflate what the peer sent");
  if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
    return fail(AMPS_E_STREAM, "the peer's bytes are no zlib stream");
  }
  const std::size_t made = size - z.avail_out;
  if (made > inflated_left_)
    return fail(AMPS_E_STREAM, "the peer's zlib stream inflates to more bytes than allowed");
  if (inflated_left_ != UINT64_MAX) inflated_left_ -= made;
  return {IoState::kOk, made};
}

bool ZlibStream::deflate_all(std::string_view bytes, int flush) {
  z_stream& z = codec_->deflater;
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib only reads it.
  z.avail_in = static_cast<uInt>(bytes.size());
  Buffer& to = output_.bytes();
  do {
    z.next_out = reinterpret_cast<Bytef*>(to.extend(kDeflateStepBytes));
    z.avail_out = kDeflateStepBytes;
    const int result = codec_->zlib->deflate(&z, flush);
    to.truncate(to.size() - z.avail_out);
    if (result != Z_OK && result != Z_BUF_ERROR) return false;
  } while (z.avail_out == 0);
  return true;
}

IoResult ZlibStream::write_some(const char* from, std::size_t size) {
  if (output_.size() >= kHeldBytesMax) {
    const IoResult result = output_.push(*inner_);
    if (!output_.empty()) return result;
  }
  const std::size_t count = std::min(size, kReadBytes);
  if (count == 0) return {IoState::kOk, 0};
  if (!deflate_all({from, count}, Z_NO_FLUSH)) return fail(AMPS_E_STREAM, "zlib failed to deflate");
  needs_flush_ = true;
  return {IoState::kOk, count};
}

IoResult ZlibStream::flush_some() {
  if (needs_flush_ && !deflate_all({}, Z_SYNC_FLUSH)) return fail(AMPS_E_STREAM, "zlib failed to deflate");
  needs_flush_ = false;
  return output_.empty() ? inner_->flush_some() : output_.push(*inner_);
}

bool ZlibStream::has_buffered_input() const noexcept {
  return taken_ < input_.size() || output_was_full_ || inner_->has_buffered_input();
}

Status ZlibStream::status() const {
  Status own = failure_.get();
  return own.ok() ? inner_->status() : own;
}

}  // namespace amps::net
