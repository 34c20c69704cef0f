// SPDX-License-Identifier: Apache-2.0
// Answers HTTP requests on a thread of its own, so that nobody who asks can hold up a message. One request a
// connection; 32 connections, 8 KiB and 5 s each.
// Threads: open(), start() and stop() by the owner; the handler is called on the server's thread.
// Blocks: stop(), until the thread has ended.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/status.h"
#include "base/thread.h"
#include "broker/monitor/http_request.h"
#include "net/event_loop.h"
#include "net/listener.h"

namespace amps::broker {

class HttpServer {
 public:
  using Handler = std::function<HttpAnswer(const HttpRequest&)>;

  // `hosts`: names other than those of loopback and of the address that requests may be for.
  HttpServer(const Clock& clock, LogSink* log, std::vector<std::string> hosts, Handler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  Status open(const net::ListenAddress& address);
  Status start();
  void stop() noexcept;
  const net::Listener& listener() const noexcept { return listener_; }
  net::EventLoop& loop() noexcept { return loop_; }

 private:
  class Connection;
  void accept(int fd);
  void retire(int fd);
  HttpAnswer answer(const HttpRequest& request);

  LogSink& log_;
  const std::vector<std::string> hosts_;
  const Handler handler_;
  net::EventLoop loop_;
  net::Listener listener_;
  std::unordered_map<int, std::unique_ptr<Connection>> connections_;  // By descriptor.
  std::vector<std::unique_ptr<Connection>> retired_;                  // Until the end of the round.
  Thread thread_;
};

}  // namespace amps::broker
