// SPDX-License-Identifier: Apache-2.0
#include "store_fixture.h"

namespace test {
namespace {

amps_result show(std::uint64_t sequence, const std::string& data, amps_store_replay_fn replay,
                 void* userdata) {
  Command message(AMPS_COMMAND_Publish, "t");
  message.data(data);
  amps_message_set_field_uint64(message.get(), AMPS_Sequence, sequence);
  amps_message_ref_t ref{message.get()};
  return replay(&ref, userdata);
}

}  // namespace

amps_result Store::store(void* self, amps_message_ref_t* message, std::uint64_t* sequence) {
  const std::lock_guard<std::mutex> lock(of(self).mutex);
  if (of(self).answer != AMPS_E_OK) return of(self).answer;
  *sequence = ++of(self).last;
  of(self).kept.emplace_back(*sequence, text(message->body->data));
  return AMPS_E_OK;
}

amps_result Store::discard_up_to(void* self, std::uint64_t sequence) {
  const std::lock_guard<std::mutex> lock(of(self).mutex);
  auto& kept = of(self).kept;
  while (!kept.empty() && kept.front().first <= sequence) kept.erase(kept.begin());
  return AMPS_E_OK;
}

amps_result Store::replay(void* self, amps_store_replay_fn replay, void* userdata) {
  std::vector<std::pair<std::uint64_t, std::string>> kept;
  {
    const std::lock_guard<std::mutex> lock(of(self).mutex);
    kept = of(self).kept;
  }
  for (const auto& [sequence, data] : kept) {
    const amps_result result = show(sequence, data, replay, userdata);
    if (result != AMPS_E_OK) return result;
  }
  return AMPS_E_OK;
}

amps_result Store::replay_single(void* self, amps_store_replay_fn replay, void* userdata,
                                 std::uint64_t sequence) {
  std::string data;
  {
    const std::lock_guard<std::mutex> lock(of(self).mutex);
    for (const auto& [number, body] : of(self).kept) {
      if (number == sequence) data = body;
    }
  }
  return data.empty() ? AMPS_E_NOT_FOUND : show(sequence, data, replay, userdata);
}

amps_result Store::unpersisted_count(void* self, std::uint64_t* count) {
  *count = of(self).count();
  return AMPS_E_OK;
}

const amps_publish_store_vt_t* Store::table() {
  static const amps_publish_store_vt_t table = [] {
    amps_publish_store_vt_t made{};
    made.struct_size = sizeof made;
    made.store = store;
    made.discard_up_to = discard_up_to;
    made.replay = replay;
    made.replay_single = replay_single;
    made.unpersisted_count = unpersisted_count;
    return made;
  }();
  return &table;
}

}  // namespace test
