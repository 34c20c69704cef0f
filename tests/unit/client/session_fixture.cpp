// SPDX-License-Identifier: Apache-2.0
#include "session_fixture.h"

#include <doctest/doctest.h>

namespace test {

Inbox::~Inbox() {
  state_->is_over = true;
  eventually([&] { return state_->running == 0; });
}

void Inbox::receive(amps_message_ref_t* message, void* userdata) {
  const StatePtr state = *static_cast<StatePtr*>(userdata);
  const auto get = [&](FieldId field) {
    return (message->body->present >> field & 1) != 0 ? text(message->body->fields[field]) : std::string();
  };
  struct Running {
    State& state;
    explicit Running(State& s) : state(s) { ++state.running; }
    ~Running() { --state.running; }
  } running(*state);
  if (state->is_over) return;
  {
    const std::lock_guard<std::mutex> lock(state->mutex);
    state->items.push_back({get(AMPS_Command), text(message->body->data), get(AMPS_SubscriptionId),
                            get(AMPS_AckType), get(AMPS_Status)});
  }
  if (state->on_message) state->on_message(message);
}

amps_handler_t Inbox::handler(std::uint32_t flags) {
  amps_handler_t handler{};
  handler.struct_size = sizeof handler;
  handler.flags = flags;
  handler.fn = receive;
  handler.userdata = new StatePtr(state_);
  handler.release = [](void* userdata) {
    auto* state = static_cast<StatePtr*>(userdata);
    ++(*state)->released;
    delete state;
  };
  return handler;
}

std::size_t Inbox::count() const {
  const std::lock_guard<std::mutex> lock(state_->mutex);
  return state_->items.size();
}

Inbox::Item Inbox::at(std::size_t index) const {
  const std::lock_guard<std::mutex> lock(state_->mutex);
  return state_->items.at(index);
}

Command::Command(std::uint32_t command, std::string_view topic)
    : message_(static_cast<amps_message_t*>(amps_message_create(nullptr))) {
  amps_message_set_command(message_, command);
  if (!topic.empty()) set(AMPS_Topic, topic);
}

Command& Command::set(FieldId field, std::string_view value) {
  amps_message_set_field_value(message_, field, value.data(), value.size());
  return *this;
}

Command& Command::acks(std::uint32_t bits) {
  amps_message_set_ack_types(message_, bits);
  return *this;
}

Command& Command::data(std::string_view value) {
  amps_message_set_data(message_, value.data(), value.size());
  return *this;
}

ClientFixture::ClientFixture(std::uint32_t kind) {
  REQUIRE(amps_client_new(&client, span("tester"), kind) == AMPS_E_OK);
  amps_exception_listener_t listener{};
  listener.struct_size = sizeof listener;
  listener.userdata = this;
  listener.fn = [](std::int32_t, amps_span_t what, void* userdata) {
    auto* fixture = static_cast<ClientFixture*>(userdata);
    const std::lock_guard<std::mutex> lock(fixture->report_mutex);
    fixture->reported.push_back(text(what));
  };
  amps_client_set_exception_listener(client, &listener);
}

ClientFixture::~ClientFixture() {
  if (client == nullptr) return;
  amps_client_disconnect(client);
  amps_client_release(client);
}

std::vector<std::string> ClientFixture::reports() const {
  const std::lock_guard<std::mutex> lock(report_mutex);
  return reported;
}

void ClientFixture::connect() {
  REQUIRE(amps_client_connect(client, server.uri().c_str()) == AMPS_E_OK);
  peer = server.accept();
}

void ClientFixture::log_on() {
  connect();
  auto logon = async([&] { return amps_client_logon(client, nullptr, nullptr, nullptr, 10'000, nullptr); });
  peer->accept_logon();
  REQUIRE(logon.get() == AMPS_E_OK);
}

amps_result ClientFixture::execute(const Command& command, Inbox* inbox, std::uint32_t timeout_ms,
                                   std::uint32_t flags, std::string* id) {
  amps_handler_t handler{};
  if (inbox != nullptr) handler = inbox->handler();
  amps_span_t made{nullptr, 0};
  const amps_result result = amps_client_execute(client, command.get(), inbox != nullptr ? &handler : nullptr,
                                                 timeout_ms, flags, &made);
  if (id != nullptr) *id = text(made);
  return result;
}

void ClientFixture::subscribe(Inbox& inbox, const char* sub_id, std::uint32_t acks) {
  Command command(AMPS_COMMAND_Subscribe, "topic");
  command.set(AMPS_SubscriptionId, sub_id).acks(acks);
  auto call = async([&] { return execute(command, &inbox, 10'000); });
  peer->accept("subscribe");
  REQUIRE(call.get() == AMPS_E_OK);
}

void ClientFixture::publish_to(const char* sub_ids, std::string_view body) {
  peer->send(std::string(R"({"c":"p","t":"topic","sids":")") + sub_ids + R"("})" + std::string(body));
}

amps_result ClientFixture::publish(std::string_view topic, std::string_view data, std::uint32_t flags) {
  return amps_client_publish(client, span(topic), span(data), AMPS_NO_EXPIRATION, flags, nullptr);
}

std::uint64_t ClientFixture::number(amps_client_number_t which) {
  std::uint64_t value = 0;
  CHECK(amps_client_get_number(client, which, &value) == AMPS_E_OK);
  return value;
}

HaFixture::HaFixture() : ClientFixture(AMPS_CLIENT_KIND_HA) {
  REQUIRE(amps_default_chooser_new(&chooser_table, &chooser) == AMPS_E_OK);
  REQUIRE(amps_default_chooser_add(chooser, span(server.uri()), nullptr, nullptr) == AMPS_E_OK);
  REQUIRE(amps_client_set_server_chooser(client, chooser_table, chooser) == AMPS_E_OK);
  const amps_delay_strategy_vt_t* delay = nullptr;
  void* delay_self = nullptr;
  REQUIRE(amps_fixed_delay_new(1, 0, &delay, &delay_self) == AMPS_E_OK);
  REQUIRE(amps_client_set_delay_strategy(client, delay, delay_self) == AMPS_E_OK);
  delay->release(delay_self);
}

HaFixture::~HaFixture() {
  chooser_table->release(chooser);
}

void HaFixture::start() {
  auto call = async([&] { return amps_client_connect_and_logon(client); });
  peer = server.accept();
  peer->accept_logon();
  REQUIRE(call.get() == AMPS_E_OK);
}

}  // namespace test
