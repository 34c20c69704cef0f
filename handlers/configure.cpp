// SPDX-License-Identifier: Apache-2.0
// Gives a Python client parts in C++: server chooser, subscription manager, bookmark store.
// Threads: the chooser runs on the thread that connects, the others on several: they lock.
#include <amps/ampsplusplus.hpp>

#include <cstddef>
#include <map>
#include <mutex>
#include <sstream>
#include <string>
#include <vector>

namespace {

// Goes round the servers of a space-separated list.
class ListChooser : public AMPS::ServerChooserImpl {
 public:
  explicit ListChooser(const std::string& list) {
    std::istringstream words(list);
    for (std::string uri; words >> uri;) uris_.push_back(uri);
  }
  std::string getCurrentURI() override { return uris_.empty() ? "" : uris_[current_ % uris_.size()]; }
  void reportFailure(const AMPS::AMPSException&, const AMPS::ConnectionInfo&) override { ++current_; }

 private:
  std::vector<std::string> uris_;
  std::size_t current_ = 0;
};

// Places subscriptions again in the order they were made.
class OrderedManager : public AMPS::SubscriptionManager {
 public:
  // A subscription that replaces another has its id, and takes its place.
  void subscribe(AMPS::MessageHandler handler, AMPS::Message message, unsigned) override {
    std::lock_guard<std::mutex> lock(mutex_);
    for (Kept& known : kept_) {
      if (known.message.getSubscriptionId() != message.getSubscriptionId()) continue;
      known = Kept{handler, message.deepCopy()};
      return;
    }
    kept_.push_back(Kept{handler, message.deepCopy()});
  }
  void unsubscribe(const AMPS::Message::Field& id) override {
    std::lock_guard<std::mutex> lock(mutex_);
    for (std::vector<Kept>::iterator kept = kept_.begin(); kept != kept_.end();) {
      kept = kept->message.getSubscriptionId() == id ? kept_.erase(kept) : kept + 1;
    }
  }
  void clear() override {
    std::lock_guard<std::mutex> lock(mutex_);
    kept_.clear();
  }
  void resubscribe(AMPS::Client& client) override {
    mutex_.lock();
    std::vector<Kept> copy(kept_);  // No lock while the client waits for the server.
    mutex_.unlock();
    for (Kept& kept : copy) client.send(kept.handler, kept.message, 10000);
  }

 private:
  struct Kept {
    AMPS::MessageHandler handler;
    AMPS::Message message;
  };
  std::mutex mutex_;
  std::vector<Kept> kept_;
};

// Remembers the newest bookmark of each subscription, in memory.
class NewestStore : public AMPS::BookmarkStoreImpl {
 public:
  std::size_t log(AMPS::Message& message) override {
    std::lock_guard<std::mutex> lock(mutex_);
    newest_[message.getSubscriptionId()] = message.getBookmark();
    return ++logged_;
  }
  AMPS::Message::Field getMostRecent(const AMPS::Message::Field& sub_id) override {
    std::lock_guard<std::mutex> lock(mutex_);
    std::string& bookmark = asked_[sub_id];  // A copy, which log() on another thread does not change.
    const std::map<std::string, std::string>::const_iterator newest = newest_.find(sub_id);
    bookmark = newest == newest_.end() ? AMPS_BOOKMARK_EPOCH : newest->second;
    return AMPS::Message::Field(bookmark);
  }
  void purge() override {
    std::lock_guard<std::mutex> lock(mutex_);
    newest_.clear();
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::string> newest_, asked_;
  std::size_t logged_ = 0;
};

}  // namespace

extern "C" {

// Lets the client find its server in a space-separated list of URIs. Returns 0, or the failure's code.
int install_server_chooser(AMPS::HAClient& client, const char* uris) {
  try {
    client.setServerChooser(AMPS::ServerChooser(new ListChooser(uris == NULL ? "" : uris)));
    return 0;
  } catch (const AMPS::Exception& error) {
    return error.code();
  }
}

// Installs the subscription manager and the bookmark store. Returns 0, or the failure's code.
int configure_client(AMPS::Client& client) {
  try {
    client.setSubscriptionManager(new OrderedManager());
    client.setBookmarkStore(AMPS::BookmarkStore(new NewestStore()));
    return 0;
  } catch (const AMPS::Exception& error) {
    return error.code();
  }
}

}  // extern "C"
