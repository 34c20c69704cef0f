// SPDX-License-Identifier: Apache-2.0
#include "client/message_stream.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/interrupt.h"
#include "base/limits.h"
#include "base/within_memory.h"
#include "client/client.h"
#include "client/connection.h"
#include "client/queue_acks.h"
#include "client/session.h"
#include "client/thread_context.h"

namespace amps::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using QueuePtr = std::shared_ptr<StreamQueue>;

void push_message(amps_message_ref_t* message, void* userdata) {
  (*static_cast<QueuePtr*>(userdata))->push(*Message::from(message->body));
}

void end_queue(void* userdata) {
  auto* queue = static_cast<QueuePtr*>(userdata);
  (*queue)->end();
  delete queue;
}

std::size_t size_of(const Message& message) noexcept {
  return sizeof(Message) + message.body().size();
}

}  // namespace

StreamQueue::~StreamQueue() {
  for (Message* message : messages_) message->release();
}

bool StreamQueue::is_full() const {
  if (messages_.empty()) return false;
  return (depth_max_ != 0 && messages_.size() >= depth_max_) || size_bytes_ >= kQueuedBytesMax;
}

// The receive thread is inside a "handler" here, so others can read on for it.
void StreamQueue::wait_for_room() {
  {
    const MutexUnlock unlock(mutex_);
    before_wait();
  }
  while (is_full() && !is_closed_) {
    room_.wait_until(mutex_, steady_clock::now() + milliseconds(kInterruptPollMs));
    const MutexUnlock unlock(mutex_);
    // Disconnected: nobody may wait for this thread in vain.
    if (client_.session().connection() == nullptr && !client_.session().is_restoring()) return;
  }
}

void StreamQueue::push(Message& message) {
  OwnedMessage copy(message.copy());
  if (client_.settings().number(AMPS_CLIENT_AUTO_ACK) != 0) message.delivery.ignore_auto_ack = true;
  Message* unwanted = nullptr;
  {
    const MutexLock lock(mutex_);
    if (is_full() && !is_conflating_) wait_for_room();
    if (is_closed_ || has_ended_) {
      unwanted = copy.release();
    } else if (!conflate(&copy, &unwanted)) {
      if (is_full() && is_conflating_) wait_for_room();
      messages_.push_back(copy.get());
      size_bytes_ += size_of(*copy.release());
    }
    filled_.notify_one();
  }
  if (unwanted != nullptr) unwanted->release();
}

// Puts the message in the place of an older one with its key.
bool StreamQueue::conflate(OwnedMessage* newer, Message** replaced) {
  const Message* const copy = newer->get();
  if (!is_conflating_ || !copy->header().has(AMPS_SowKey)) return false;
  const std::uint64_t here = taken_count_ + messages_.size();
  const auto [found, is_new] = by_key_.emplace(std::string(copy->get(AMPS_SowKey)), here);
  if (is_new || found->second < taken_count_) {
    found->second = here;
    return false;
  }
  Message*& place = messages_[static_cast<std::size_t>(found->second - taken_count_)];
  size_bytes_ += size_of(*copy) - size_of(*place);
  *replaced = std::exchange(place, newer->release());
  return true;
}

void StreamQueue::end() {
  const MutexLock lock(mutex_);
  has_ended_ = true;
  filled_.notify_all();
}

void StreamQueue::close() {
  const MutexLock lock(mutex_);
  is_closed_ = has_ended_ = true;
  size_bytes_ = 0;
  by_key_.clear();
  filled_.notify_all();
  room_.notify_all();
  for (Message* message : messages_) message->release();  // Frees memory, and nothing else.
  messages_.clear();
}

Status StreamQueue::next(std::uint32_t timeout_ms, Message** message, amps_stream_state_t* state) {
  const auto deadline =
      timeout_ms == 0 ? steady_clock::time_point::max() : steady_clock::now() + milliseconds(timeout_ms);
  const MutexLock lock(mutex_);
  while (messages_.empty() && !has_ended_) {
    const auto now = steady_clock::now();
    if (now >= deadline) {
      *state = AMPS_STREAM_TIMED_OUT;
      return Status();
    }
    filled_.wait_until(mutex_, deadline - now < milliseconds(kInterruptPollMs)
                                   ? deadline
                                   : now + milliseconds(kInterruptPollMs));
    if (!messages_.empty() || has_ended_) break;
    const MutexUnlock unlock(mutex_);
    if (!thread_context().is_library_thread && is_interrupted()) {
      return Status(AMPS_E_INTERRUPTED, "interrupted while waiting for a message");
    }
  }
  *state = AMPS_STREAM_ENDED;
  if (!messages_.empty()) {
    const bool was_full = is_full();
    *message = messages_.front();
    *state = AMPS_STREAM_MESSAGE;
    messages_.pop_front();
    ++taken_count_;
    size_bytes_ -= size_of(**message);
    if (is_conflating_ && messages_.empty()) by_key_.clear();
    if (was_full) room_.notify_all();
  }
  return Status();
}

void StreamQueue::set_depth_max(std::size_t depth_max) {
  const MutexLock lock(mutex_);
  depth_max_ = depth_max;
  room_.notify_all();
}

void StreamQueue::set_conflating(bool is_conflating) {
  const MutexLock lock(mutex_);
  is_conflating_ = is_conflating;
  by_key_.clear();
}

std::size_t StreamQueue::depth() const {
  const MutexLock lock(mutex_);
  return messages_.size();
}

std::size_t StreamQueue::depth_max() const {
  const MutexLock lock(mutex_);
  return depth_max_;
}

MessageStream::MessageStream(Client& client)
    : client_(client),
      queue_(std::make_shared<StreamQueue>(client, client.settings().number(AMPS_CLIENT_DEFAULT_MAX_DEPTH))) {
  hold(&client_);
}

MessageStream::~MessageStream() {
  queue_.reset();
  unhold(&client_);
}

void MessageStream::release() {
  if (reference_count_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  if (!client_.is_foreign()) close();
  delete this;
}

Status MessageStream::start(const Message& command, std::uint32_t timeout_ms, std::uint32_t flags) {
  amps_handler_t handler{};
  handler.struct_size = sizeof handler;
  handler.fn = push_message;
  handler.userdata = new QueuePtr(queue_);
  handler.release = end_queue;
  return client_.commands().execute(command, make_callback(&handler), timeout_ms, flags, &ids_);
}

Status MessageStream::next(std::uint32_t timeout_ms, Message** message, amps_stream_state_t* state) {
  *message = nullptr;
  *state = AMPS_STREAM_ENDED;
  AMPS_RETURN_IF_ERROR(client_.may_wait());
  acknowledge_last();
  AMPS_RETURN_IF_ERROR(queue_->next(timeout_ms, message, state));
  if (*message != nullptr && (*message)->delivery.is_queue && !(*message)->delivery.ignore_auto_ack &&
      client_.settings().number(AMPS_CLIENT_AUTO_ACK) != 0) {
    last_topic_ = (*message)->get(AMPS_Topic);
    last_bookmark_ = (*message)->get(AMPS_Bookmark);
    last_backlog_max_ = (*message)->delivery.backlog_max;
  }
  return Status();
}

void MessageStream::acknowledge_last() {
  if (last_bookmark_.empty()) return;
  (void)client_.queue_acks().acknowledge(last_topic_, last_bookmark_, {}, last_backlog_max_);
  last_bookmark_.clear();
}

void MessageStream::close() {
  if (is_closed_.exchange(true)) return;
  (void)within_memory([this] {
    const std::string& id = ids_.main();
    if (!id.empty() && client_.router().route_of(id) != nullptr) (void)client_.commands().unsubscribe(id);
  });
  queue_->close();
}

}  // namespace amps::client
