// SPDX-License-Identifier: Apache-2.0
// Everything that exists while a broker runs: files, topics, event loops, transports. Members are torn down
// from the last to the first. Threads: made, run and destroyed by the thread that starts and stops the
// broker; accept() on the first loop.
#pragma once

#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/alarm.h"
#include "broker/broker.h"
#include "broker/client_names.h"
#include "broker/client_status.h"
#include "broker/connection_registry.h"
#include "broker/io_thread.h"
#include "broker/journal/keeper.h"
#include "broker/log_targets.h"
#include "broker/monitor/admin_site.h"
#include "broker/monitor/facts_collector.h"
#include "broker/monitor/http_server.h"
#include "broker/monitor/sow_stats.h"
#include "broker/queue/queues.h"
#include "broker/security/logon_desk.h"
#include "broker/security/transport_access.h"
#include "broker/services.h"
#include "broker/sow/sow_writer.h"
#include "broker/stable_storage.h"
#include "broker/topic_spaces.h"
#include "broker/view/views.h"
#include "net/listener.h"
#include "net/tls_context.h"

namespace amps::broker {

struct RunningBroker {
  struct Transport {
    const TransportConfiguration* configuration;
    TransportAccess access;
    net::TlsContext tls;
    net::Listener listener;
    std::atomic<bool> is_enabled{false};  // Set by the first thread; read by who asks for statistics.
  };

  RunningBroker(const Configuration& broker_configuration, const BrokerParts& broker_parts,
                Statistics* broker_statistics);
  ~RunningBroker();
  RunningBroker(const RunningBroker&) = delete;
  RunningBroker& operator=(const RunningBroker&) = delete;

  Status open();
  Status open_topics();
  Status open_journal();
  Status make_queues();
  Status open_transport(const TransportConfiguration& transport);
  Status open_admin();
  Status listen(Transport* transport);
  Status attach(Transport* transport);
  Status ask_enabled(std::size_t number, bool is_enabled);
  void sample_statistics();  // On the thread of the HTTP server.
  std::vector<TransportFacts> transport_facts() const;
  Status run();
  void accept(const Transport& transport, int fd, std::string peer);
  IoThread* least_busy_thread() const;

  const Configuration& configuration;
  const BrokerParts& parts;
  LogTargets log_targets;
  LogSink& log;
  Statistics& statistics;
  std::unique_ptr<Journal> journal;  // None: there is no transaction log. After all that appends to it.
  std::optional<JournalKeeper> keeper;
  SowWriter sow_writer;  // Before the topics that write with it; they are destroyed first.
  StableStorage storage;
  const TopicSpaces spaces;
  const InstanceFacts instance;
  std::unique_ptr<Queues> queues;  // None: there are none.
  Views views;
  ClientNames names;
  const ClientStatus status;
  LogonDesk logon_desk;
  Services services;  // Constant once the threads run.
  const AccessParts access_parts;
  OutboxLimits limits;
  ConnectionRegistry registry;
  std::vector<std::unique_ptr<SowStats>> sow_stats;
  std::vector<std::unique_ptr<IoThread>> threads;
  std::vector<std::unique_ptr<Alarm>> alarms;  // Of the topic spaces; the first thread keeps them.
  std::vector<std::unique_ptr<Transport>> transports;
  std::unique_ptr<FactsCollector> facts;
  std::unique_ptr<AdminSite> site;
  std::unique_ptr<HttpServer> admin;     // None: nobody wants it.
  std::uint64_t next_connection_id = 1;  // Owned by the first thread, which accepts.
  const ::pid_t process_id = ::getpid();
  bool only_tries = false;            // Nothing listens, and no file is removed.
  bool crashes = false;               // It ends without writing what waits.
  std::uint64_t recovered_count = 0;  // Records of the log at the start.
};

}  // namespace amps::broker
