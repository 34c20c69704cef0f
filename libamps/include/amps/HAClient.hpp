/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file HAClient.hpp
 * A client that finds a server, comes back after a loss and places its subscriptions again.
 */
#ifndef AMPS_HACLIENT_HPP
#define AMPS_HACLIENT_HPP

#include <string>
#include <type_traits>

#include "Client.hpp"
#include "DefaultServerChooser.hpp"
#include "LoggedBookmarkStore.hpp"
#include "MemoryBookmarkStore.hpp"
#include "MemoryPublishStore.hpp"
#include "MemorySubscriptionManager.hpp"
#include "PublishStore.hpp"
#include "ReconnectDelayStrategy.hpp"
#include "ServerChooser.hpp"

namespace AMPS {

/**
 * Set a server chooser, then call connectAndLogon(). connect() and logon() are for plain clients.
 * A method called on what is really a plain Client throws UsageException.
 */
class AMPS_TYPE HAClient : public Client {
 public:
  AMPS_FN explicit HAClient(const std::string& name = std::string()) : Client(name, AMPS_CLIENT_KIND_HA) {}
  /** Takes over one reference. */
  AMPS_FN explicit HAClient(amps_client_t* body) : Client(body) {}

  /** With a publish and a bookmark store in memory. */
  AMPS_FN static HAClient createMemoryBacked(const std::string& name) {
    HAClient made(name);
    made.setPublishStore(Store(new MemoryPublishStore()));
    made.setBookmarkStore(BookmarkStore(new MemoryBookmarkStore()));
    return made;
  }
  /** With stores in files, which the next client of the same name goes on with. */
  AMPS_FN static HAClient createFileBacked(const std::string& name, const std::string& publishLogPath,
                                           const std::string& bookmarkLogPath) {
    HAClient made(name);
    made.setPublishStore(Store(new PublishStore(publishLogPath)));
    made.setBookmarkStore(BookmarkStore(new LoggedBookmarkStore(bookmarkLogPath)));
    return made;
  }

  /** Tries servers until one accepts, the chooser or the delay strategy gives up, or getTimeout() passed. */
  AMPS_FN void connectAndLogon() { detail::check(amps_client_connect_and_logon(ha_body())); }
  /** True when there is no session and none is being restored. */
  AMPS_FN bool disconnected() const {
    ha_body();
    return get_number(AMPS_CLIENT_DISCONNECTED) != 0;
  }
  /** Limit of one connectAndLogon() in ms; 0: none. */
  AMPS_FN void setTimeout(int timeout) {
    ha_body();
    set_number(AMPS_CLIENT_TIMEOUT_MS, detail::milliseconds(timeout));
  }
  AMPS_FN int getTimeout() const {
    ha_body();
    return static_cast<int>(get_number(AMPS_CLIENT_TIMEOUT_MS));
  }
  /** Waits that many ms between attempts, in place of the delay strategy. */
  AMPS_FN void setReconnectDelay(int delay) {
    const unsigned delay_ms = detail::milliseconds(delay);
    setReconnectDelayStrategy(ReconnectDelayStrategy(new FixedDelayStrategy(delay_ms)));
  }
  AMPS_FN void setReconnectDelayStrategy(const ReconnectDelayStrategy& strategy) {
    detail::check(amps_client_set_delay_strategy(ha_body(), strategy.part().table(), strategy.part().self()));
  }
  AMPS_FN ReconnectDelayStrategy getReconnectDelayStrategy() const {
    return ReconnectDelayStrategy(
        detail::fetched<ReconnectDelayStrategyImpl>(ha_body(), &amps_client_get_delay_strategy));
  }
  AMPS_FN void setServerChooser(const ServerChooser& chooser) {
    detail::check(amps_client_set_server_chooser(ha_body(), chooser.part().table(), chooser.part().self()));
  }
  AMPS_FN ServerChooser getServerChooser() const {
    return ServerChooser(detail::fetched<ServerChooserImpl>(ha_body(), &amps_client_get_server_chooser));
  }
  /** Options of each logon. */
  AMPS_FN void setLogonOptions(const std::string& options) {
    ha_body();
    set_text(AMPS_CLIENT_LOGON_OPTIONS, options);
  }
  AMPS_FN std::string getLogonOptions() const {
    ha_body();
    return get_text(AMPS_CLIENT_LOGON_OPTIONS);
  }

 private:
  // A caller in another language may have passed a plain client: nothing checks types there.
  AMPS_FN amps_client_t* ha_body() const {
    amps_client_t* const client = body();
    if (AMPS_UNLIKELY(amps_client_kind(client) != AMPS_CLIENT_KIND_HA)) {
      detail::raise_usage("an HAClient is needed here, and this is a plain Client");
    }
    return client;
  }
};

static_assert(std::is_standard_layout<HAClient>::value && sizeof(HAClient) == sizeof(Client),
              "an HAClient adds nothing to a Client");

}  // namespace AMPS

#include "ampsplusplus.hpp"

#endif  // AMPS_HACLIENT_HPP
