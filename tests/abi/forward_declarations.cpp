// SPDX-License-Identifier: Apache-2.0
// CPP-001 CPP-002 CPP-003: headers of users name the classes before ours are read: as classes, in no inner
// namespace. Both spellings of the includes name the same headers.
namespace AMPS {
class Authenticator;
class BookmarkStore;
class BookmarkStoreImpl;
class Client;
class Command;
class Field;
class HAClient;
class Message;
class MessageStream;
class ServerChooser;
class ServerChooserImpl;
class Store;
class StoreImpl;
class SubscriptionManager;
}  // namespace AMPS

void use(AMPS::Client& client, AMPS::Message& message);

#include <HAClient.hpp>
#include <amps/HAClient.hpp>
#include <amps/ampsplusplus.hpp>
#include <ampsplusplus.hpp>

void use(AMPS::Client& client, AMPS::Message& message) {
  client.publish(message.getTopic(), message.getData());
}

static_assert(std::is_base_of<AMPS::Client, AMPS::HAClient>::value, "an HAClient is a Client");
static_assert(std::is_same<AMPS::Exception, AMPS::AMPSException>::value, "two names of one class");
static_assert(std::is_same<AMPS::Field, AMPS::Message::Field>::value, "two names of one class");
static_assert(std::is_base_of<std::runtime_error, AMPS::TimedOutException>::value, "caught as runtime_error");
static_assert(AMPS::Message::Command::Flush == 131072 && AMPS::Message::AckType::Stats == 32,
              "documented bits");
