// SPDX-License-Identifier: Apache-2.0
#include "broker/connection.h"

#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <utility>

#include "base/within_memory.h"
#include "broker/io_thread.h"
#include "broker/log_line.h"
#include "broker/opening.h"
#include "net/http_preflight.h"

namespace amps::broker {

namespace {

constexpr std::size_t kOpeningReadBytes = 4096;
constexpr int kReadsPerRound = 4;          // Of decoded bytes that epoll cannot see.
constexpr std::uint64_t kClosingMs = 500;  // To send what is left, and for the peer to close.

std::uint64_t buffered_bytes(int fd, unsigned long which) noexcept {
  int count = 0;
  return ::ioctl(fd, which, &count) == 0 && count > 0 ? static_cast<std::uint64_t>(count) : 0;
}

}  // namespace

Connection::Connection(IoThread* home, const Services& services, OutboxLimits* limits, ConnectionInfo info,
                       std::unique_ptr<net::ByteStream> stream)
    : home_(home),
      services_(services),
      outbox_(home, limits, this),
      stream_(std::move(stream)),
      session_(std::make_unique<Session>(services, std::move(info), home, &outbox_)),
      connected_us_(services.clock.utc_us()) {
  if (services.log.wants(AMPS_LOG_TRACE)) trace_.emplace(&services.log, session_->info().name);
}

Connection::~Connection() = default;

void Connection::describe(bool with_subscriptions, ClientFacts* out) const {
  session_->describe(with_subscriptions, out);
  out->connected_us = connected_us_;
  out->traffic = {{"bytes_in", bytes_in_},
                  {"bytes_out", bytes_out_},
                  {"messages_in", session_->messages_in()},
                  {"messages_out", outbox_.message_count()}};
  out->queued_bytes = outbox_.waiting_bytes();
  const std::uint64_t oldest_ms = outbox_.oldest_ms();
  out->latency_ms = home_->now_ms() - std::min(oldest_ms, home_->now_ms());
  if (stream_ == nullptr) return;
  out->socket_rx_bytes = buffered_bytes(stream_->fd(), FIONREAD);
  out->socket_tx_bytes = buffered_bytes(stream_->fd(), TIOCOUTQ);
}

void Connection::open() {
  interest_ = EPOLLIN;
  if (const Status status = home_->loop().add(stream_->fd(), interest_, this); !status.ok()) {
    return close(Disconnect::kLimit, status.text());
  }
  update_timer();
}

void Connection::on_ready(std::uint32_t epoll_events) noexcept {
  if ((epoll_events & EPOLLOUT) != 0) flush();
  if (!reads()) {
    // Nothing is read now, so only this tells that the peer is gone.
    if ((epoll_events & (EPOLLHUP | EPOLLERR)) != 0) close(Disconnect::kConnectionClosed);
    return;
  }
  if (phase_ != Phase::kClosed && (epoll_events & ~std::uint32_t{EPOLLOUT}) != 0) read();
}

// Reading.

void Connection::read() {
  int rounds = 0;
  do {
    switch (phase_) {
      case Phase::kOpening:
        read_opening();
        break;
      case Phase::kFrames:
        read_frames();
        break;
      case Phase::kLingering:
        drain();
        break;
      case Phase::kClosed:
        return;
    }
  } while (phase_ != Phase::kClosed && reads() && ++rounds < kReadsPerRound && stream_->has_buffered_input());
  if (phase_ == Phase::kClosed) return;
  if (reads() && stream_->has_buffered_input()) home_->read_again(id());
  update_interest();
  update_timer();
}

net::IoState Connection::receive(char* to, std::size_t size, std::size_t* got) {
  const net::IoResult result = stream_->read_some(to, size);
  *got = result.state == net::IoState::kOk ? result.size : 0;
  if (result.state == net::IoState::kClosed) {
    session_->end(Disconnect::kConnectionClosed);
    flush();  // A client may have closed its half only, and still wait for its acks.
    close(Disconnect::kConnectionClosed);
  } else if (result.state == net::IoState::kFailed) {
    close(Disconnect::kConnectionClosed, stream_->status().text());
  } else if (result.state == net::IoState::kWantWrite) {
    wants_write_ = true;
  }
  if (*got != 0) count_received(*got);
  return result.state;
}

void Connection::count_received(std::size_t count) {
  Statistics::add(services_.statistics.bytes_in, count);
  bytes_in_ += count;
  session_->received(home_->now_ms());
  if (!session_->is_logged_on()) bytes_before_logon_ += count;
}

void Connection::read_opening() {
  char bytes[kOpeningReadBytes];
  std::size_t got = 0;
  if (receive(bytes, sizeof bytes, &got) != net::IoState::kOk) return;
  opening_.append(bytes, got);
  if (take_opening()) execute();
}

bool Connection::take_opening() {
  for (;;) {
    switch (classify_opening(opening_)) {
      case Opening::kUnknown:
        return false;
      case Opening::kFrames:
        phase_ = Phase::kFrames;
        reader_ = home_->borrow_reader();
        if (trace_) trace_->received(opening_);
        reader_->feed(std::exchange(opening_, {}));
        return true;
      case Opening::kZlib:
        return start_zlib();
      case Opening::kHttp:
        if (!answer_preflight()) return false;
        break;
      case Opening::kForeign:
        session_->end(Disconnect::kProtocol, foreign_opening_text(opening_));
        finish();
        return false;
    }
  }
}

bool Connection::start_zlib() {
  std::unique_ptr<net::ZlibStream> zlib;
  // From here on the old stream is gone, so the loop has to forget its descriptor while it is open.
  home_->loop().remove(stream_->fd(), this);
  const Status status = net::ZlibStream::make(std::move(stream_), std::exchange(opening_, {}), &zlib);
  if (!status.ok()) {
    close(Disconnect::kProtocol, status.text());
    return false;
  }
  zlib->set_inflated_bytes_max(services_.configuration.number(AMPS_BROKER_LOGON_BYTES_MAX));
  zlib_ = zlib.get();
  stream_ = std::move(zlib);
  phase_ = Phase::kFrames;
  interest_ = EPOLLIN;
  if (const Status added = home_->loop().add(stream_->fd(), interest_, this); !added.ok()) {
    close(Disconnect::kLimit, added.text());
  }
  return false;  // Its bytes are read by the caller's next round, as buffered input.
}

bool Connection::answer_preflight() {
  net::PreflightRequest request;
  std::size_t head_size = 0;
  Status status = had_preflight_ ? Status(AMPS_E_STREAM, "second HTTP request")
                                 : net::decode_preflight_request(opening_, &request, &head_size);
  if (status.ok() && head_size == 0) return false;
  if (status.ok() && request.is_websocket) status = Status(AMPS_E_STREAM, "WebSocket is not available");
  if (!status.ok()) {
    outbox_.append("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
                   home_->now_ms());
    session_->end(Disconnect::kProtocol, status.text());
    finish();
    return false;
  }
  had_preflight_ = true;
  outbox_.append(net::encode_preflight_answer(request), home_->now_ms());
  opening_.erase(0, head_size);
  return true;
}

void Connection::read_frames() {
  if (reader_ == nullptr) reader_ = home_->borrow_reader();
  reader_->set_frame_bytes_max(static_cast<std::uint32_t>(services_.configuration.number(
      session_->is_logged_on() ? AMPS_BROKER_MESSAGE_BYTES_MAX : AMPS_BROKER_LOGON_BYTES_MAX)));
  std::size_t room = 0;
  char* to = nullptr;
  if (!within_memory([&] { to = reader_->prepare(&room); })) {
    reader_.reset();
    return close(Disconnect::kLimit, "there is no memory for a message of its size");
  }
  std::size_t got = 0;
  if (receive(to, room, &got) != net::IoState::kOk) {
    if (reader_ != nullptr && reader_->pending().empty()) home_->give_back(std::move(reader_));
    return;
  }
  if (trace_) trace_->received({to, got});
  reader_->commit(got);
  execute();
}

void Connection::execute() {
  session_->execute(reader_.get());
  home_->wake_others();
  if (session_->is_logged_on()) {
    if (zlib_ != nullptr) std::exchange(zlib_, nullptr)->set_inflated_bytes_max(UINT64_MAX);
    reader_->set_frame_bytes_max(
        static_cast<std::uint32_t>(services_.configuration.number(AMPS_BROKER_MESSAGE_BYTES_MAX)));
  } else if (bytes_before_logon_ > services_.configuration.number(AMPS_BROKER_LOGON_BYTES_MAX)) {
    session_->end(Disconnect::kLimit, "too many bytes before logon");
  }
  if (phase_ == Phase::kClosed) return;
  if (session_->has_ended()) return finish();
  if (reader_->pending().empty()) home_->give_back(std::move(reader_));
  is_paused_ = session_->has_to_wait();
  await_storage();
}

// Asks, and looks again, so that what came in between is not missed.
void Connection::await_storage() {
  if (!is_paused_ && !session_->awaits_storage()) return;
  if (!home_->await_storage(this)) return;
  session_->settle();
  if (is_paused_ && !session_->has_to_wait()) home_->on_storage();
}

void Connection::on_storage() noexcept {
  if (phase_ == Phase::kClosed) return;
  session_->settle();
  if (is_paused_ && !session_->has_to_wait()) {
    is_paused_ = false;
    session_->received(home_->now_ms());  // It was we who did not read.
    if (phase_ == Phase::kFrames) return go_on();
  }
  await_storage();
  update_timer();
}

void Connection::resume(const std::function<void(Session&)>& work) {
  if (phase_ != Phase::kFrames || session_->has_ended()) return;
  work(*session_);
  go_on();
}

void Connection::go_on() {
  if (reader_ == nullptr) reader_ = home_->borrow_reader();
  execute();
  if (phase_ == Phase::kClosed) return;
  if (reads() && stream_->has_buffered_input()) home_->read_again(id());
  update_interest();
  update_timer();
}

void Connection::drain() {
  char bytes[kOpeningReadBytes];
  const net::IoResult result = stream_->read_some(bytes, sizeof bytes);
  if (result.state == net::IoState::kClosed || result.state == net::IoState::kFailed) {
    close(session_->end_reason());
  }
}

// Writing and closing.

void Connection::flush() noexcept {
  if (phase_ == Phase::kClosed) return;
  switch (outbox_.cut_off()) {
    case CutOff::kNone:
      break;
    case CutOff::kSlow:
      return close(Disconnect::kSlowClient, "too many bytes wait");
    case CutOff::kCostly:
      return close(Disconnect::kLimit, "patterns of its filters take too long");
  }
  bool has_more = false;
  if (!replay(&has_more)) return finish();
  const net::IoResult result = write_outbox();
  if (result.size != 0) {
    Statistics::add(services_.statistics.bytes_out, result.size);
    bytes_out_ += result.size;
    session_->sent(home_->now_ms());
  }
  if (result.state == net::IoState::kClosed || result.state == net::IoState::kFailed) {
    return close(Disconnect::kConnectionClosed, stream_->status().text());
  }
  wants_write_ = result.state == net::IoState::kWantWrite;
  if (has_more && !wants_write_) outbox_.wake();
  if (session_->has_ended() && result.state == net::IoState::kOk && outbox_.waiting_bytes() == 0 &&
      !outbox_.has_sources()) {
    linger();
  }
  update_interest();
  update_timer();
}

net::IoResult Connection::write_outbox() {
  if (!trace_ || phase_ == Phase::kOpening) return outbox_.write_to(stream_.get(), home_->now_ms());
  TracedWrites traced(stream_.get(), &*trace_);
  return outbox_.write_to(&traced, home_->now_ms());
}

// Makes messages of replays, as far as there is room for them.
bool Connection::replay(bool* has_more) {
  Replays& replays = session_->replays();
  if (replays.empty() || session_->has_ended()) return true;
  home_->log_watch()->arm();
  if (const Status status = replays.fill(&outbox_, home_->now_ms(), has_more); !status.ok()) {
    session_->end(Disconnect::kReplay, status.text());
    return false;
  }
  if (!waits_for_log_ && replays.waits_for_log()) {
    waits_for_log_ = true;
    home_->log_watch()->wait(id());
  }
  return true;
}

void Connection::log_moved() noexcept {
  waits_for_log_ = false;
  session_->replays().log_moved();
  flush();
}

// The session has ended; what it answered is still sent.
void Connection::finish() {
  if (phase_ == Phase::kClosed) return;
  session_->leave();
  reader_.reset();
  phase_ = Phase::kLingering;
  closing_deadline_ms_ = home_->now_ms() + kClosingMs;
  flush();
}

void Connection::linger() {
  // Closing with unread bytes would reset the connection, and the peer would lose our last words.
  if (phase_ == Phase::kLingering) ::shutdown(stream_->fd(), SHUT_WR);
}

void Connection::close(Disconnect reason, std::string_view detail) noexcept {
  if (std::exchange(phase_, Phase::kClosed) == Phase::kClosed) return;
  session_->end(reason, detail);
  session_->leave();
  outbox_.discard();
  zlib_ = nullptr;
  if (timer_ != 0) home_->loop().cancel_timer(timer_);
  if (stream_ != nullptr) {
    home_->loop().remove(stream_->fd(), this);
    stream_.reset();
  }
  home_->retire(id());
}

// Time and interest.

std::uint64_t Connection::deadline_ms() const {
  std::uint64_t deadline = std::min(session_->deadline_ms(), closing_deadline_ms_);
  if (!session_->has_ended()) deadline = std::min(deadline, session_->replays().deadline_ms());
  const std::uint64_t age_ms_max = services_.configuration.number(AMPS_BROKER_CLIENT_AGE_MAX_MS);
  if (age_ms_max != 0 && wants_write_) {
    const std::uint64_t oldest = outbox_.oldest_ms();
    if (oldest != UINT64_MAX) deadline = std::min(deadline, oldest + age_ms_max);
  }
  return deadline;
}

void Connection::check_time() {
  timer_ = 0;
  armed_ms_ = UINT64_MAX;
  const std::uint64_t now = home_->now_ms();
  if (now >= closing_deadline_ms_) return close(session_->end_reason());
  const std::uint64_t age_ms_max = services_.configuration.number(AMPS_BROKER_CLIENT_AGE_MAX_MS);
  const std::uint64_t oldest = outbox_.oldest_ms();
  if (age_ms_max != 0 && wants_write_ && oldest != UINT64_MAX && now >= oldest + age_ms_max) {
    return close(Disconnect::kSlowClient, "bytes wait for too long");
  }
  if (is_paused_) session_->received(now);
  session_->check_time();
  await_storage();
  if (session_->replays().check_time(now)) outbox_.wake();
  if (session_->has_ended() && phase_ != Phase::kLingering) return finish();
  update_timer();
}

void Connection::update_interest() {
  if (phase_ == Phase::kClosed) return;
  std::uint32_t wanted = reads() ? std::uint32_t{EPOLLIN} : 0;
  if (wants_write_) wanted |= EPOLLOUT;
  if (wanted == interest_) return;
  interest_ = wanted;
  if (const Status status = home_->loop().change(stream_->fd(), wanted, this); !status.ok()) {
    close(Disconnect::kConnectionClosed, status.text());
  }
}

// A timer that is armed too early looks again and is armed anew: deadlines move on with every message,
// and the timer must not be touched each time.
void Connection::update_timer() {
  if (phase_ == Phase::kClosed) return;
  const std::uint64_t deadline = deadline_ms();
  if (deadline >= armed_ms_) return;
  if (timer_ != 0) home_->loop().cancel_timer(timer_);
  armed_ms_ = deadline;
  timer_ = home_->loop().add_timer(deadline, [this] { check_time(); });
}

}  // namespace amps::broker
