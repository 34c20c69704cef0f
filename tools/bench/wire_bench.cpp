// SPDX-License-Identifier: Apache-2.0
// Cost of the codec alone, in nanoseconds a message: decode, encode, cut a stream into frames.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "amps/amps_client.h"
#include "wire/frame_reader.h"
#include "wire/header_decoder.h"
#include "wire/header_encoder.h"
#include "wire/sow_batch.h"

namespace {

using amps::Buffer;
using amps::wire::Header;
using amps::wire::HeaderDecoder;

constexpr std::size_t kOutputBytes = 60'000;  // About one write; then the buffer starts over.
constexpr std::string_view kHeader =
    R"({"c":"p","t":"widgets","sids":"3","k":"1853","bm":"7264880137412063991|17|"})";

std::string frame() {
  return std::string(kHeader) + std::string(100, 'x');
}

void decode_header_of_five_keys(benchmark::State& state) {
  const std::string text = frame();
  HeaderDecoder decoder;
  Header header;
  for (auto _ : state) {
    benchmark::DoNotOptimize(decoder.decode(text, &header).ok());
    benchmark::DoNotOptimize(header);
  }
}
BENCHMARK(decode_header_of_five_keys);

void encode_header_of_five_keys(benchmark::State& state) {
  const std::string text = frame();
  HeaderDecoder decoder;
  Header header;
  if (!decoder.decode(text, &header).ok()) state.SkipWithError("malformed");
  Buffer out;
  for (auto _ : state) {
    if (out.size() > kOutputBytes) out.clear();
    append_frame(&out, header, std::string_view(text).substr(header.size_bytes));
  }
}
BENCHMARK(encode_header_of_five_keys);

void encode_publish_by_template(benchmark::State& state) {
  const amps::wire::PublishTemplate publish("widgets", false);
  const std::string body(100, 'x');
  Buffer out;
  for (auto _ : state) {
    if (out.size() > kOutputBytes) out.clear();
    publish.append(&out, body);
  }
}
BENCHMARK(encode_publish_by_template);

void encode_sequenced_publish_by_template(benchmark::State& state) {
  const amps::wire::PublishTemplate publish("widgets", false);
  const std::string body(100, 'x');
  std::uint64_t sequence = 1'700'000'000'000'000;
  Buffer out;
  for (auto _ : state) {
    if (out.size() > kOutputBytes) out.clear();
    publish.append(&out, body, ++sequence, AMPS_NO_EXPIRATION);
  }
}
BENCHMARK(encode_sequenced_publish_by_template);

// Reads of 64 KiB, copied in as a socket would: cut into frames, headers decoded. Per message.
void read_frames_and_decode(benchmark::State& state) {
  Buffer stream;
  std::int64_t count = 0;
  while (stream.size() < 1 << 20) {
    const std::string text = frame();
    amps::wire::store_length(stream.extend(4), static_cast<std::uint32_t>(text.size()));
    stream.append(text);
    ++count;
  }
  amps::wire::FrameReader reader(1 << 20);
  HeaderDecoder decoder;
  Header header;
  for (auto _ : state) {
    std::string_view rest = stream.view();
    while (!rest.empty()) {
      std::size_t room = 0;
      char* to = reader.prepare(&room);
      const std::size_t got = std::min({room, rest.size(), std::size_t{65'536}});
      std::memcpy(to, rest.data(), got);
      reader.commit(got);
      rest.remove_prefix(got);
      std::string_view one;
      while (reader.next(&one)) benchmark::DoNotOptimize(decoder.decode(one, &header).ok());
    }
  }
  state.SetItemsProcessed(state.iterations() * count);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(stream.size()));
}
BENCHMARK(read_frames_and_decode);

void read_sow_batch(benchmark::State& state) {
  constexpr int kRecords = 10;
  Buffer records;
  for (int i = 0; i < kRecords; ++i) amps::wire::append_sow_record(&records, "1853", std::string(100, 'x'));
  Header outer;
  outer.command = AMPS_COMMAND_SOW;
  outer.set(AMPS_Topic, "widgets");
  outer.set(AMPS_QueryId, "7");
  Header record;
  std::string_view body;
  for (auto _ : state) {
    amps::wire::SowBatchReader reader(outer, records.view());
    while (reader.next(&record, &body)) benchmark::DoNotOptimize(body);
  }
  state.SetItemsProcessed(state.iterations() * kRecords);
}
BENCHMARK(read_sow_batch);

}  // namespace

BENCHMARK_MAIN();
