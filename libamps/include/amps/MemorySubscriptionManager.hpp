/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file MemorySubscriptionManager.hpp
 * The subscription manager that an HAClient has from the start.
 */
#ifndef AMPS_MEMORYSUBSCRIPTIONMANAGER_HPP
#define AMPS_MEMORYSUBSCRIPTIONMANAGER_HPP

#include <memory>

#include "SubscriptionManager.hpp"

namespace AMPS {

/** Keeps subscriptions in memory, to be derived from or installed as it is. */
class AMPS_TYPE MemorySubscriptionManager : public detail::ForwardingSubscriptionManager {
 public:
  AMPS_FN MemorySubscriptionManager() : MemorySubscriptionManager(created()) {}

  virtual void resubscribe(Client& client) {
    if (failed_)
      detail::install_failed_resubscribe(reinterpret_cast<amps_client_ref_t*>(&client)->body, failed_);
    detail::ForwardingSubscriptionManager::resubscribe(client);
  }
  /** Set it before the client connects. */
  virtual void setFailedResubscribeHandler(std::shared_ptr<FailedResubscribeHandler> handler) {
    failed_ = handler;
  }

 private:
  struct Created {
    const amps_subscription_manager_vt_t* table;
    void* self;
  };
  AMPS_FN explicit MemorySubscriptionManager(const Created& created)
      : detail::ForwardingSubscriptionManager(created.table, created.self, true) {}
  AMPS_FN static Created created() {
    detail::require_library();
    Created result = {NULL, NULL};
    detail::check(amps_memory_subscription_manager_new(&result.table, &result.self));
    return result;
  }

  std::shared_ptr<FailedResubscribeHandler> failed_;
};

}  // namespace AMPS

#endif  // AMPS_MEMORYSUBSCRIPTIONMANAGER_HPP
