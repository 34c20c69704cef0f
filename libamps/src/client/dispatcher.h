// SPDX-License-Identifier: Apache-2.0
// Delivers frames to the handlers they are for (python-api 6.4, cpp-api 2.4).
// Threads: the receive thread.
#pragma once

#include <string_view>

#include "base/status.h"
#include "client/backlog.h"
#include "client/message.h"
#include "client/router.h"
#include "wire/header_decoder.h"
#include "wire/predicted_header.h"

namespace amps::client {

class Client;
class Connection;
struct ThreadContext;

class Dispatcher {
 public:
  explicit Dispatcher(Connection& connection);
  ~Dispatcher();

  // Fails when the frame is malformed.
  Status deliver(std::string_view frame, Settled settled);
  // Lets removed handlers go while the thread sleeps.
  void rest() noexcept { routes_.release(); }

 private:
  void route_publish();
  void route_one(FieldId field);
  Status route_records(std::string_view records);
  void route_ack(Settled settled);
  bool ack_to_route(Route& route);
  void failed_write();
  void deliver_to(Route& route, std::string_view sub_id);
  bool pass_bookmark_store();
  void after_routes(bool was_taken);
  void last_chance();
  // False when the handler threw. Nobody is called once the program has ended the connection.
  bool call(const amps_handler_t& handler);
  bool call_always(const amps_handler_t& handler);
  void take_message_back(amps_message_t* body);
  void auto_ack(bool handler_returned);

  Connection& connection_;
  Client& client_;
  ThreadContext& context_;
  RouterReader routes_;
  wire::HeaderDecoder decoder_;
  wire::PredictedHeader predicted_;
  Message* message_;
};

}  // namespace amps::client
