// SPDX-License-Identifier: Apache-2.0
#include "broker/running_broker.h"

#include <algorithm>
#include <thread>
#include <utility>
#include <variant>

#include "broker/configuration_place.h"
#include "broker/journal/publishers.h"
#include "broker/log_line.h"
#include "broker/sow/sow_topic.h"
#include "broker/state_recovery.h"
#include "net/socket_stream.h"
#include "net/tls_stream.h"

namespace amps::broker {

namespace {

constexpr std::uint64_t kIoThreadsMax = 64;

std::size_t io_thread_count(std::uint64_t wanted) {
  if (wanted != 0) return static_cast<std::size_t>(std::min(wanted, kIoThreadsMax));
  return std::clamp(std::thread::hardware_concurrency(), 1u, 4u);
}

}  // namespace

RunningBroker::RunningBroker(const Configuration& broker_configuration, const BrokerParts& broker_parts,
                             Statistics* broker_statistics)
    : configuration(broker_configuration),
      parts(broker_parts),
      log_targets(parts.log, parts.clock, parts.file_io),
      log(log_targets),
      statistics(*broker_statistics),
      sow_writer(parts.file_io, &log),
      storage(&sow_writer),
      spaces(*parts.clock, broker_statistics, MessageTypes(broker_configuration.message_types)),
      instance{configuration.name, configuration.name, parts.clock},
      views(spaces, &instance, &log),
      names(configuration.unique_client_names || configuration.transaction_log.has_value()),
      status(spaces, *parts.clock),
      logon_desk(*parts.clock),
      services{configuration, *parts.clock, log,     statistics,  spaces,          names,
               status,        instance,     storage, &logon_desk, broker_version()},
      access_parts{parts.authenticator, parts.file_io, parts.rights},
      registry(broker_statistics) {
  limits.client_bytes_max = configuration.number(AMPS_BROKER_CLIENT_OUTBOX_BYTES_MAX);
  limits.total_bytes_max = configuration.number(AMPS_BROKER_OUTBOX_BYTES_MAX);
}

RunningBroker::~RunningBroker() {
  if (admin != nullptr) admin->stop();
  logon_desk.stop();
  for (const auto& thread : threads) thread->stop();
  for (const auto& thread : threads) thread->join();
  if (crashes) {
    if (journal != nullptr) journal->abandon();
    sow_writer.abandon();
  }
  keeper.reset();  // While those who need old files can still say so.
  if (queues != nullptr) queues->stop();
  sow_writer.stop();
  storage.close();
  transports.clear();
}

Status RunningBroker::open() {
  AMPS_RETURN_IF_ERROR(log_targets.open(configuration.log_targets));
  AMPS_RETURN_IF_ERROR(open_topics());
  AMPS_RETURN_IF_ERROR(sow_writer.start());
  AMPS_RETURN_IF_ERROR(make_queues());
  AMPS_RETURN_IF_ERROR(open_journal());
  AMPS_RETURN_IF_ERROR(views.open(configuration.sow));
  for (const TransportConfiguration& transport : configuration.transports) {
    AMPS_RETURN_IF_ERROR(placed(transport.place, open_transport(transport)));
  }
  const std::size_t count = io_thread_count(configuration.number(AMPS_BROKER_IO_THREADS));
  for (std::size_t i = 0; i < count; ++i) {
    threads.push_back(std::make_unique<IoThread>(services, &limits, &registry));
    storage.add_waiter(threads.back().get());
    AMPS_RETURN_IF_ERROR(threads.back()->open());
  }
  views.work_on(&threads.front()->loop());
  for (const auto& space : spaces.all()) {
    alarms.push_back(std::make_unique<Alarm>(space.get(), &threads.front()->loop()));
    if (configuration.sow_stats_interval_ms == 0) continue;
    sow_stats.push_back(std::make_unique<SowStats>(space.get(), configuration.sow_stats_interval_ms,
                                                   parts.clock->steady_ms()));
  }
  return open_admin();
}

Status RunningBroker::open_admin() {
  if (!configuration.admin) return {};
  const AdminConfiguration& configured = *configuration.admin;
  constexpr std::size_t kTokenBytesMax = 4096;
  std::string token;
  if (configured.has_actions) {
    AMPS_RETURN_IF_ERROR(read_file(*parts.file_io, configured.token_file, kTokenBytesMax, &token));
    while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) token.pop_back();
    if (token.empty()) return Status(AMPS_E_USAGE, "Admin: " + configured.token_file + " is empty");
  }
  facts = std::make_unique<FactsCollector>(
      FactsParts{configuration, *parts.clock, spaces, limits, statistics, journal.get(), registry, threads,
                 broker_version(), [this] { return transport_facts(); },
                 [this](std::size_t number, bool is_enabled) { return ask_enabled(number, is_enabled); }});
  site = std::make_unique<AdminSite>(facts.get(), &statistics, std::move(token));
  admin = std::make_unique<HttpServer>(*parts.clock, &log, configured.hosts,
                                       [this](const HttpRequest& request) { return site->answer(request); });
  bool is_local = true;
  if (only_tries) {
    AMPS_RETURN_IF_ERROR(net::find_is_local(configured.address, &is_local));
  } else {
    AMPS_RETURN_IF_ERROR(admin->open(configured.address));
    is_local = admin->listener().is_local();
  }
  if (is_local || configuration.number(AMPS_BROKER_ALLOW_ANONYMOUS) != 0) return {};
  return Status(AMPS_E_USAGE, "Admin: address " + configured.address.host +
                                  " is off loopback and its clients do not authenticate; set AllowAnonymous "
                                  "if that is meant");
}

void RunningBroker::sample_statistics() {
  facts->sample();
  admin->loop().add_timer(parts.clock->steady_ms() + configuration.admin->interval_ms,
                          [this] { sample_statistics(); });
}

std::vector<TransportFacts> RunningBroker::transport_facts() const {
  std::vector<TransportFacts> all;
  for (const auto& transport : transports) {
    const TransportConfiguration& configured = *transport->configuration;
    const net::ListenAddress& address = configured.address;
    all.push_back({configured.name, std::string(transport_type_text(configured.type)),
                   configured.message_type,
                   address.is_unix() ? address.unix_path : address.host + ":" + std::to_string(address.port),
                   transport->is_enabled.load(std::memory_order_relaxed)});
  }
  return all;
}

// Carried out by the thread that accepts; what goes wrong there is logged.
Status RunningBroker::ask_enabled(std::size_t number, bool is_enabled) {
  if (number >= transports.size()) {
    return Status(AMPS_E_USAGE, "there is no transport " + std::to_string(number));
  }
  Transport* const transport = transports[number].get();
  threads.front()->loop().post([this, transport, is_enabled] {
    if (transport->is_enabled.load(std::memory_order_relaxed) == is_enabled) return;
    Status outcome;
    if (is_enabled) {
      outcome = listen(transport);
      if (outcome.ok()) outcome = attach(transport);
      if (!outcome.ok()) transport->listener.close();
    } else {
      transport->listener.close();
      transport->is_enabled.store(false, std::memory_order_relaxed);
    }
    LogLine line(log, outcome.ok() ? AMPS_LOG_INFO : AMPS_LOG_ERROR,
                 is_enabled ? LogId::kTransportEnabled : LogId::kTransportDisabled);
    line << "transport " << transport->configuration->name << (is_enabled ? " enabled" : " disabled");
    if (!outcome.ok()) line << ": " << outcome.text();
  });
  return {};
}

Status RunningBroker::open_topics() {
  for (const StateConfiguration& declared : configuration.sow) {
    const auto* const topic = std::get_if<SowTopicConfiguration>(&declared);
    if (topic == nullptr) continue;
    TopicSpace* const space = spaces.find(topic->message_type);
    if (space == nullptr) {
      return Status(AMPS_E_MESSAGE_TYPE, "SOW topic " + topic->name + ": " + topic->message_type);
    }
    MutexLock lock(space->mutex());
    AMPS_RETURN_IF_ERROR(placed(topic->place, SowTopic::declare(space, *topic, &sow_writer, &instance)));
  }
  return {};
}

// What the log says happens to the topics again, as far as they do not know it, before anybody is served.
Status RunningBroker::open_journal() {
  if (!configuration.transaction_log) return {};
  StateRecovery recovery(spaces, &log);
  const auto visit = [&](const JournalRecord& record) {
    sow_writer.wait_for_room();
    ++recovered_count;
    if (queues != nullptr) queues->recover(record);
    return recovery.take(record);
  };
  AMPS_RETURN_IF_ERROR(Journal::open(*configuration.transaction_log, configuration.name,
                                     {parts.file_io, parts.clock, &log}, visit, &journal));
  AMPS_RETURN_IF_ERROR(recovery.finish(journal->durable_txid()));
  services.journal = journal.get();
  storage.open(journal.get());
  const std::uint64_t own_id = uncounted_publisher_id({}, {}, configuration.name);
  for (const auto& space : spaces.all()) {
    MutexLock lock(space->mutex());
    space->open_log(journal.get(), own_id);
  }
  if (queues != nullptr) AMPS_RETURN_IF_ERROR(queues->start(journal.get()));
  if (only_tries) return {};
  // Last: it removes old files, and by now everybody has said what is needed of them.
  keeper.emplace(journal.get(), *configuration.transaction_log, parts.clock, &log);
  return keeper->start();
}

Status RunningBroker::make_queues() {
  std::vector<const QueueConfiguration*> declared;
  for (const StateConfiguration& one : configuration.sow) {
    if (const auto* queue = std::get_if<QueueConfiguration>(&one)) declared.push_back(queue);
  }
  if (declared.empty()) return {};
  return Queues::make(declared, {&spaces, parts.clock, &log, &configuration.actions, configuration.name},
                      &queues);
}

Status RunningBroker::open_transport(const TransportConfiguration& configured) {
  auto transport = std::make_unique<Transport>();
  transport->configuration = &configured;
  if (configured.type == TransportType::kTls) {
    net::TlsServerOptions options;
    options.certificate = configured.certificate;
    options.private_key = configured.private_key;
    options.ca_file = configured.ca_file;
    AMPS_RETURN_IF_ERROR(net::TlsContext::make_server(options, &transport->tls));
  }
  AMPS_RETURN_IF_ERROR(open_access(configuration, configured, access_parts, &transport->access));
  if (configured.is_enabled) AMPS_RETURN_IF_ERROR(listen(transport.get()));
  transports.push_back(std::move(transport));
  return {};
}

// When it only tries, whether the port is free is not known: it would have to be taken.
Status RunningBroker::listen(Transport* transport) {
  const TransportConfiguration& configured = *transport->configuration;
  bool is_local = true;
  if (only_tries) {
    AMPS_RETURN_IF_ERROR(net::find_is_local(configured.address, &is_local));
  } else {
    AMPS_RETURN_IF_ERROR(transport->listener.open(configured.address));
    is_local = transport->listener.is_local();
  }
  if (transport->access.is_open() && !is_local && configuration.number(AMPS_BROKER_ALLOW_ANONYMOUS) == 0) {
    return Status(AMPS_E_USAGE, "transport " + configured.name + ": address " + configured.address.host +
                                    " is off loopback and nobody has to authenticate; set Authentication, "
                                    "or AllowAnonymous if that is meant");
  }
  return {};
}

Status RunningBroker::attach(Transport* transport) {
  AMPS_RETURN_IF_ERROR(transport->listener.attach(
      &threads.front()->loop(),
      [this, transport](int fd, std::string peer) { accept(*transport, fd, std::move(peer)); },
      [this](const std::string& why) {
        Statistics::add(statistics.connections_refused);
        LogLine(log, AMPS_LOG_ERROR, LogId::kRefused) << "connection refused: " << why;
      }));
  transport->is_enabled.store(true, std::memory_order_relaxed);
  return {};
}

Status RunningBroker::run() {
  const bool asks = std::any_of(transports.begin(), transports.end(),
                                [](const auto& entry) { return entry->access.has_questions(); });
  if (asks) AMPS_RETURN_IF_ERROR(logon_desk.start());
  for (const auto& transport : transports) {
    if (transport->configuration->is_enabled) AMPS_RETURN_IF_ERROR(attach(transport.get()));
  }
  for (std::size_t i = 0; i < threads.size(); ++i) {
    AMPS_RETURN_IF_ERROR(threads[i]->start(("ampsd-io-" + std::to_string(i)).c_str()));
  }
  if (admin == nullptr) return {};
  admin->loop().add_timer(0, [this] { sample_statistics(); });
  return admin->start();
}

IoThread* RunningBroker::least_busy_thread() const {
  return std::min_element(threads.begin(), threads.end(),
                          [](const auto& left, const auto& right) {
                            return left->connection_count() < right->connection_count();
                          })
      ->get();
}

void RunningBroker::accept(const Transport& transport, int fd, std::string peer) {
  const TransportConfiguration& configured = *transport.configuration;
  std::unique_ptr<net::ByteStream> stream = std::make_unique<net::SocketStream>(fd, peer);
  const std::uint64_t count_max = configuration.number(AMPS_BROKER_CONNECTIONS_MAX);
  std::size_t count = 0;
  for (const auto& thread : threads) count += thread->connection_count();
  Status refusal;
  if (count >= count_max) {
    refusal = Status(AMPS_E_CONNECTION, "there are " + std::to_string(count) + " connections already");
  } else if (transport.tls.is_set()) {
    std::unique_ptr<net::TlsStream> tls;
    refusal = net::tls_server_stream(std::move(stream), transport.tls, &tls);
    stream = std::move(tls);
  }
  if (!refusal.ok()) {
    Statistics::add(statistics.connections_refused);
    LogLine(log, AMPS_LOG_WARNING, LogId::kRefused)
        << "connection of " << peer << " refused: " << refusal.text();
    return;
  }
  ConnectionInfo info;
  info.id = next_connection_id++;
  info.name = configured.name + "-" + std::to_string(info.id);
  info.peer = std::move(peer);
  info.message_type = configured.message_type;
  info.access = &transport.access;
  LogLine(log, AMPS_LOG_DEBUG, LogId::kAccepted)
      << "connection " << info.name << " of " << info.peer << " accepted";
  least_busy_thread()->adopt(std::move(info), std::move(stream));
}

}  // namespace amps::broker
