// SPDX-License-Identifier: Apache-2.0
// amps_client.h: streams.
#include "abi/client_guard.h"
#include "client/message_stream.h"

using amps::Status;
using amps::abi::guarded;
using amps::client::Client;
using amps::client::Message;
using amps::client::MessageStream;

namespace {

template <typename Body>
amps_result with_stream(amps_stream_t* stream, Body&& body) {
  if (stream == nullptr) return amps::abi::fail(Status(AMPS_E_USAGE, "the stream is NULL"));
  MessageStream* object = MessageStream::from(stream);
  return guarded(&object->client(), [&](Client&) { return body(*object); });
}

}  // namespace

extern "C" {

amps_result amps_client_execute_stream(amps_client_t* client, const amps_message_t* command,
                                       uint32_t timeout_ms, uint32_t flags, amps_stream_t** out) {
  return guarded(client, [&](Client& c) -> Status {
    if (command == nullptr || out == nullptr)
      return Status(AMPS_E_USAGE, "the command or the stream's place is NULL");
    *out = nullptr;
    const auto release = [](MessageStream* unwanted) { unwanted->release(); };
    std::unique_ptr<MessageStream, decltype(release)> stream(new MessageStream(c), release);
    constexpr std::uint32_t kPublic = AMPS_EXECUTE_NO_RESUBSCRIBE | AMPS_EXECUTE_AS_IS;
    AMPS_RETURN_IF_ERROR(stream->start(*Message::from(command), timeout_ms, flags & kPublic));
    *out = stream.release();
    return Status();
  });
}

void amps_stream_retain(amps_stream_t* stream) {
  if (stream != nullptr) MessageStream::from(stream)->retain();
}

void amps_stream_release(amps_stream_t* stream) {
  if (stream == nullptr) return;
  (void)guarded([&] {
    MessageStream::from(stream)->release();
    return Status();
  });
}

amps_result amps_stream_next(amps_stream_t* stream, uint32_t timeout_ms, amps_message_ref_t* message,
                             amps_stream_state_t* state) {
  return with_stream(stream, [&](MessageStream& s) -> Status {
    if (message == nullptr || state == nullptr)
      return Status(AMPS_E_USAGE, "there is no place for the message");
    message->body = nullptr;
    Message* taken = nullptr;
    Status status = s.next(timeout_ms, &taken, state);
    message->body = taken;
    return status;
  });
}

void amps_stream_close(amps_stream_t* stream) {
  (void)with_stream(stream, [](MessageStream& s) {
    s.close();
    return Status();
  });
}

amps_result amps_stream_set_conflating(amps_stream_t* stream, int32_t conflating) {
  return with_stream(stream, [&](MessageStream& s) {
    s.queue().set_conflating(conflating != 0);
    return Status();
  });
}

amps_result amps_stream_set_max_depth(amps_stream_t* stream, size_t messages) {
  return with_stream(stream, [&](MessageStream& s) {
    s.queue().set_depth_max(messages);
    return Status();
  });
}

size_t amps_stream_max_depth(const amps_stream_t* stream) {
  return stream == nullptr ? 0 : MessageStream::from(stream)->queue().depth_max();
}

size_t amps_stream_depth(const amps_stream_t* stream) {
  return stream == nullptr ? 0 : MessageStream::from(stream)->queue().depth();
}

amps_result amps_stream_id(const amps_stream_t* stream, FieldId which, amps_span_t* id) {
  return guarded([&]() -> Status {
    if (stream == nullptr || id == nullptr) return Status(AMPS_E_USAGE, "the stream is NULL");
    const auto& ids = MessageStream::from(stream)->ids();
    switch (which) {
      case AMPS_CommandId:
        *id = amps::abi::span_of(ids.command);
        return Status();
      case AMPS_SubscriptionId:
        *id = amps::abi::span_of(ids.subscription);
        return Status();
      case AMPS_QueryId:
        *id = amps::abi::span_of(ids.query);
        return Status();
      default:
        return Status(AMPS_E_USAGE, "a stream has a command, a subscription and a query id");
    }
  });
}

}  // extern "C"
