// SPDX-License-Identifier: Apache-2.0
#include "client/client.h"

#include <algorithm>
#include <utility>

#include "base/within_memory.h"
#include "client/delay_strategy.h"
#include "client/subscription_registry.h"
#include "client/thread_context.h"

namespace amps::client {
namespace {

// How often a stuck handler is looked for when a publish store waits for acks.
constexpr std::uint64_t kStoreWatchMs = 250;

}  // namespace

void hold(amps_client* client) noexcept {
  if (client != nullptr) client->hold_count.fetch_add(1, std::memory_order_relaxed);
}

void unhold(amps_client* client) noexcept {
  if (client == nullptr || client->hold_count.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  client->magic = 0;
  delete Client::from(client);
}

Client::Client(std::string name, std::uint32_t client_kind)
    : amps_client(client_kind),
      fork_generation_(fork_generation()),
      settings_(std::move(name)),
      outbound_(*this),
      publisher_(*this),
      queue_acks_(*this),
      commands_(*this),
      session_(*this) {
  if (!is_ha()) return;
  plugins_.set(
      DelayStrategyPlugin::adopt(DelayStrategy::table(), (new DelayStrategy(DelayLimits()))->self()));
  plugins_.set(
      SubscriptionManagerPlugin::adopt(SubscriptionRegistry::table(), (new SubscriptionRegistry)->self()));
}

bool Client::is_foreign() const noexcept {
  return fork_generation_ != fork_generation();
}

bool Client::try_retain() noexcept {
  std::uint32_t count = reference_count.load(std::memory_order_relaxed);
  while (count != 0) {
    if (reference_count.compare_exchange_weak(count, count + 1, std::memory_order_relaxed)) return true;
  }
  return false;
}

void Client::release() {
  if (is_foreign()) return;  // The parent's connection must not notice.
  if (reference_count.fetch_sub(1, std::memory_order_acq_rel) == 1) shut_down();
}

// What cannot be let go of now, for lack of memory, goes with the client.
void Client::shut_down() {
  (void)within_memory([this] { session_.disconnect(); });
  cancel(this);
  (void)within_memory([this] { plugins_.clear(); });
  (void)within_memory([this] { listeners_.clear(); });
  (void)within_memory([this] { router_.clear_handlers(); });
  unhold(this);
}

Status Client::may_wait() const {
  if (thread_context().delivering == this) {
    return Status(AMPS_E_USAGE, "a message handler must not wait for the server on its own client");
  }
  if (thread_context().no_wait_depth != 0) {
    return Status(AMPS_E_USAGE, "this callback must not wait for the server");
  }
  return Status();
}

Status Client::start_thread(const char* name, std::uint64_t generation, std::function<void()> body) {
  hold(this);
  try {
    Status status = threads_.start(name, generation, std::move(body), [this] { unhold(this); });
    if (!status.ok()) unhold(this);
    return status;
  } catch (...) {
    unhold(this);
    throw;
  }
}

void Client::set_failure(const Status& status) {
  const MutexLock lock(failure_mutex_);
  failure_ = status;
}

Status Client::failure() const {
  const MutexLock lock(failure_mutex_);
  return failure_;
}

std::uint64_t Client::number(amps_client_number_t which) const {
  if (which == AMPS_CLIENT_DISCONNECTED) return session_.is_disconnected() ? 1 : 0;
  if (which == AMPS_CLIENT_UNPERSISTED_COUNT) {
    std::uint64_t count = 0;
    (void)plugins_.get<amps_publish_store_vt_t>().call(&amps_publish_store_vt_t::unpersisted_count, &count);
    return count;
  }
  return settings_.number(which);
}

// The timer thread's look at this client.
std::uint64_t Client::run(std::uint64_t now) {
  std::uint64_t next = queue_acks_.send_due(now);
  const ConnectionPtr connection = session_.connection();
  if (connection == nullptr) return next;
  next = std::min(next, heartbeat_.tick(*connection, now));
  if (plugins_.has_publish_store()) {
    connection->help();
    next = std::min(next, now + kStoreWatchMs);
  }
  return next;
}

}  // namespace amps::client
