// SPDX-License-Identifier: Apache-2.0
#include "killable_broker.h"

#include <unistd.h>

#include <stdexcept>
#include <utility>

#include "support/test_broker.h"

namespace amps::test {

KillableBroker::KillableBroker(std::string directory) : directory_(std::move(directory)) {
  start();
}

void KillableBroker::start() {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
  process_ = std::make_unique<ForkedProcess>([&] { run(ends[1]); });
  ::close(ends[1]);
  const bool has_port = ::read(ends[0], &port_, sizeof port_) == sizeof port_;
  ::close(ends[0]);
  if (has_port) return;
  kill();
  throw std::runtime_error("the broker does not start");
}

std::string KillableBroker::uri() const {
  return "unix://localhost:0/amps/json?path=" + socket();
}

broker::TransactionLogConfiguration KillableBroker::log() const {
  broker::TransactionLogConfiguration log;
  log.directory = directory_ + "/journal";
  log.segment_bytes = 1u << 20;
  log.preallocated_files = 1;
  log.topics = {{".*", "json"}};
  return log;
}

void KillableBroker::run(int report) const {
  raw::TestBroker broker;
  broker.configuration.transaction_log = log();
  broker::TransportConfiguration tcp;
  broker::TransportConfiguration unix_socket;
  unix_socket.type = broker::TransportType::kUnix;
  unix_socket.address.unix_path = socket();
  for (const broker::TransportConfiguration& transport : {tcp, unix_socket}) {
    const Status status = broker.configuration.add_transport(transport);
    if (!status.ok()) throw std::runtime_error(status.text());
  }
  broker.start();
  const std::uint16_t bound = broker.port();
  if (::write(report, &bound, sizeof bound) != sizeof bound) throw std::runtime_error("nobody asks");
  for (;;) ::pause();
}

Status KillableBroker::visit_log(const std::function<void(const broker::JournalRecord&)>& visit) const {
  std::unique_ptr<broker::Journal> journal;
  const auto visitor = [&visit](const broker::JournalRecord& record) -> Status {
    visit(record);
    return {};
  };
  return broker::Journal::open(log(), "amps", {}, visitor, &journal);
}

}  // namespace amps::test
