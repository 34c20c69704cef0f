// SPDX-License-Identifier: Apache-2.0
// Records of the state of the world: writing them through the wire, reading them into a message handler, and
// what they cost; beside a hash of Redis, used through hiredis as its documentation shows.
//   sow upsert       PORT COUNT        publishes to 100,000 keys in turn; the last one is acknowledged
//   sow query        PORT COUNT        queries until so many records came, after filling the topic
//   sow memory       PORT COUNT PID    growth of the broker by so many records
//   sow redis_upsert PORT COUNT        HSET, 100 in a pipeline
//   sow redis_query  PORT COUNT        HGETALL
#include <hiredis/hiredis.h>

#include <amps/ampsplusplus.hpp>
#include <atomic>

#include "measure.h"

using namespace bench;

namespace {

constexpr std::uint64_t kKeys = 100'000;
constexpr int kPipeline = 100;
constexpr const char* kRecords = "records";

// 100 bytes that begin with the key.
std::string record_of(std::uint64_t key) {
  std::string text = "{\"id\":" + std::to_string(key) + R"(,"symbol":"IBM","price":142.25,"qty":100,"pad":")";
  text.append(98 - text.size(), 'x');
  return text + "\"}";
}

void open(AMPS::Client* client, int port) {
  client->connect("tcp://127.0.0.1:" + std::to_string(port) + "/amps/json?tcp_nodelay=true");
  client->logon();
}

// Publishes to `keys` keys in turn and waits until the broker has them all.
double publish(AMPS::Client* client, const char* topic, std::uint64_t count, std::uint64_t keys,
               std::uint64_t first_key = 0) {
  std::vector<std::string> bodies;
  for (std::uint64_t key = 0; key < std::min(count, keys); ++key)
    bodies.push_back(record_of(first_key + key));
  const std::size_t topic_size = std::strlen(topic);
  const std::uint64_t began = now_ns();
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string& body = bodies[i % bodies.size()];
    client->publish(topic, topic_size, body.data(), body.size());
  }
  client->publishFlush(30000);
  return double(count) * 1e9 / double(now_ns() - began);
}

struct Seen {
  std::uint64_t records = 0, bytes = 0;
  std::atomic<bool> is_complete{false};
};

void on_record(const AMPS::Message& message, void* userdata) {
  auto* seen = static_cast<Seen*>(userdata);
  if (message.getCommandEnum() == AMPS::Message::Command::GroupEnd) {
    seen->is_complete = true;
  } else if (message.getCommandEnum() == AMPS::Message::Command::SOW) {
    ++seen->records;
    seen->bytes += message.getData().len() + message.getSowKey().len();
  }
}

int query(int port, std::uint64_t count) {
  AMPS::Client client("bench-query");
  open(&client, port);
  publish(&client, kRecords, kKeys, kKeys);
  Seen seen;
  std::uint64_t began = now_ns();
  while (seen.records < count) {
    seen.is_complete = false;
    client.sow(AMPS::MessageHandler(on_record, &seen), kRecords, 5000, "", 1000);
    for (const std::uint64_t end = now_ns() + 30'000'000'000u; !seen.is_complete;) {
      if (now_ns() > end) return std::fprintf(stderr, "a query did not end\n"), 1;
      usleep(100);
    }
  }
  print_result("records_per_s", double(seen.records) * 1e9 / double(now_ns() - began));
  return 0;
}

double resident_bytes(int pid) {
  std::FILE* const file = std::fopen(("/proc/" + std::to_string(pid) + "/statm").c_str(), "r");
  long pages = 0;
  if (file == nullptr || std::fscanf(file, "%*d %ld", &pages) != 1) fail("statm");
  std::fclose(file);
  return double(pages) * double(sysconf(_SC_PAGESIZE));
}

int memory(int port, std::uint64_t count, int pid) {
  AMPS::Client client("bench-memory");
  open(&client, port);
  // Keys of this run alone, in a topic that is not queried.
  const std::uint64_t first_key = std::uint64_t(getpid()) * 10'000'000;
  publish(&client, "memory", 1000, 1000, first_key);
  const double before = resident_bytes(pid);
  publish(&client, "memory", count, count, first_key + 1000);
  print_result("bytes_per_record", (resident_bytes(pid) - before) / double(count));
  return 0;
}

redisContext* connect_redis(int port) {
  redisContext* const context = redisConnect("127.0.0.1", port);
  if (context == nullptr || context->err != 0) fail("redis");
  return context;
}

double redis_publish(redisContext* context, std::uint64_t count) {
  std::vector<std::string> bodies, keys;
  for (std::uint64_t key = 0; key < kKeys; ++key) {
    bodies.push_back(record_of(key));
    keys.push_back(std::to_string(key));
  }
  const std::uint64_t began = now_ns();
  for (std::uint64_t i = 0; i < count;) {
    int sent = 0;
    for (; sent < kPipeline && i < count; ++sent, ++i) {
      const std::string& key = keys[i % kKeys];
      const std::string& body = bodies[i % kKeys];
      const char* words[] = {"HSET", kRecords, key.data(), body.data()};
      const std::size_t sizes[] = {4, std::strlen(kRecords), key.size(), body.size()};
      redisAppendCommandArgv(context, 4, words, sizes);
    }
    for (; sent > 0; --sent) {
      void* reply = nullptr;
      if (redisGetReply(context, &reply) != REDIS_OK) fail("HSET");
      freeReplyObject(reply);
    }
  }
  return double(count) * 1e9 / double(now_ns() - began);
}

int redis_query(int port, std::uint64_t count) {
  redisContext* const context = connect_redis(port);
  redis_publish(context, kKeys);
  std::uint64_t records = 0, bytes = 0;
  const std::uint64_t began = now_ns();
  while (records < count) {
    auto* const reply = static_cast<redisReply*>(redisCommand(context, "HGETALL %s", kRecords));
    if (reply == nullptr || reply->type != REDIS_REPLY_ARRAY) fail("HGETALL");
    for (std::size_t i = 0; i < reply->elements; ++i) bytes += std::size_t(reply->element[i]->len);
    records += reply->elements / 2;
    freeReplyObject(reply);
  }
  if (bytes == 0) fail("HGETALL");
  print_result("records_per_s", double(records) * 1e9 / double(now_ns() - began));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  const std::string mode = argv[1];
  const int port = std::atoi(argv[2]);
  const std::uint64_t count = std::strtoull(argv[3], nullptr, 10);
  if (mode == "query") return query(port, count);
  if (mode == "memory" && argc > 4) return memory(port, count, std::atoi(argv[4]));
  if (mode == "redis_query") return redis_query(port, count);
  if (mode == "redis_upsert") {
    print_result("upserts_per_s", redis_publish(connect_redis(port), count));
    return 0;
  }
  if (mode != "upsert") return 2;
  AMPS::Client client("bench-upsert");
  open(&client, port);
  print_result("upserts_per_s", publish(&client, kRecords, count, kKeys));
  return 0;
}
