// SPDX-License-Identifier: Apache-2.0
#include "broker/monitor/http_server.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "broker/log_line.h"

namespace amps::broker {

namespace {

constexpr std::size_t kConnectionsMax = 32;
constexpr std::uint64_t kDeadlineMs = 5'000;  // From accept to the last byte of the answer.

}  // namespace

class HttpServer::Connection final : public net::EventHandler {
 public:
  Connection(HttpServer* server, int fd) : server_(server), fd_(fd) {
    timer_ = server_->loop_.add_timer(server_->loop_.now_ms() + kDeadlineMs, [this] {
      timer_ = 0;
      close();
    });
  }
  ~Connection() override {
    if (timer_ != 0) server_->loop_.cancel_timer(timer_);
    ::close(fd_);
  }

  void on_ready(std::uint32_t epoll_events) noexcept override {
    if (closed_) return;
    if ((epoll_events & (EPOLLERR | EPOLLHUP)) != 0) return close();
    is_answering_ ? write() : read();
  }

 private:
  void read() {
    char bytes[4096];
    const ::ssize_t got = ::recv(fd_, bytes, sizeof bytes, 0);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return close();
    if (got < 0) return;
    const auto count = static_cast<std::size_t>(got);
    if (draining_) {  // What comes after the request is of no interest, but unread bytes would reset the
                      // answer.
      drained_ += count;
      return drained_ > kHttpRequestBytesMax ? close() : void();
    }
    received_.append(bytes, count);
    HttpRequest request;
    HttpAnswer refusal;
    switch (parse_http_request(received_, &request, &refusal)) {
      case HttpParse::kMore:
        return;
      case HttpParse::kBad:
        output_ = encode_http_answer(refusal);
        break;
      case HttpParse::kDone:
        output_ = encode_http_answer(server_->answer(request));
        break;
    }
    is_answering_ = true;
    static_cast<void>(server_->loop_.change(fd_, EPOLLOUT, this));
    write();
  }

  void write() {
    while (written_ < output_.size()) {
      const ::ssize_t count = ::send(fd_, output_.data() + written_, output_.size() - written_, MSG_NOSIGNAL);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && errno == EAGAIN) return;
      if (count < 0) return close();
      written_ += static_cast<std::size_t>(count);
    }
    ::shutdown(fd_, SHUT_WR);
    is_answering_ = false;
    draining_ = true;
    static_cast<void>(server_->loop_.change(fd_, EPOLLIN, this));
  }

  void close() {
    if (std::exchange(closed_, true)) return;
    server_->retire(fd_);
  }

  HttpServer* const server_;
  const int fd_;
  net::EventLoop::TimerId timer_ = 0;
  std::string received_;
  std::string output_;
  std::size_t written_ = 0;
  std::size_t drained_ = 0;
  bool is_answering_ = false;
  bool draining_ = false;
  bool closed_ = false;
};

HttpServer::HttpServer(const Clock& clock, LogSink* log, std::vector<std::string> hosts, Handler handler)
    : log_(*log), hosts_(std::move(hosts)), handler_(std::move(handler)), loop_(clock) {}

HttpServer::~HttpServer() {
  stop();
}

Status HttpServer::open(const net::ListenAddress& address) {
  AMPS_RETURN_IF_ERROR(loop_.open());
  loop_.set_round_end([this] { retired_.clear(); });
  return listener_.open(address);
}

Status HttpServer::start() {
  AMPS_RETURN_IF_ERROR(listener_.attach(
      &loop_, [this](int fd, const std::string&) { accept(fd); },
      [this](const std::string& why) {
        LogLine(log_, AMPS_LOG_ERROR, LogId::kRefused) << "admin: connection refused: " << why;
      }));
  return thread_.start("ampsd-admin", [this] { loop_.run(); });
}

void HttpServer::stop() noexcept {
  if (!thread_.joinable()) return;
  loop_.stop();
  thread_.join();
  listener_.close();
  connections_.clear();
  retired_.clear();
}

void HttpServer::accept(int fd) {
  if (connections_.size() >= kConnectionsMax) {
    HttpAnswer busy;
    busy.status = 503;
    busy.body = "too many connections\n";
    const std::string bytes = encode_http_answer(busy);
    static_cast<void>(::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL));  // A new socket has room for it.
    ::close(fd);
    return;
  }
  auto connection = std::make_unique<Connection>(this, fd);
  Connection* const added = connection.get();
  connections_[fd] = std::move(connection);
  if (!loop_.add(fd, EPOLLIN, added).ok()) retire(fd);
}

void HttpServer::retire(int fd) {
  const auto found = connections_.find(fd);
  if (found == connections_.end()) return;
  loop_.remove(fd, found->second.get());
  retired_.push_back(std::move(found->second));
  connections_.erase(found);
}

HttpAnswer HttpServer::answer(const HttpRequest& request) {
  if (is_own_host(request.host, listener_.host(), hosts_)) return handler_(request);
  HttpAnswer misdirected;
  misdirected.status = 421;
  misdirected.body = "not the name of this server\n";
  return misdirected;
}

}  // namespace amps::broker
