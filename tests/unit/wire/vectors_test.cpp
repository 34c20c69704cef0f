// SPDX-License-Identifier: Apache-2.0
// The frames of tests/vectors, whole and fed at every split point.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "unit/vectors_folder.h"
#include "wire/frame_reader.h"
#include "wire/header_decoder.h"
#include "wire/header_encoder.h"
#include "wire/sow_batch.h"

using namespace amps::wire;

namespace {

struct Vector {
  std::string name, frame, body;
  std::vector<std::pair<std::string, std::string>> fields, records;
  bool refused = false;
};

std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

std::vector<Vector> read_vectors() {
  std::ifstream file(AMPS_VECTORS "/frames.txt");
  std::vector<Vector> vectors;
  for (std::string line; std::getline(file, line);) {
    const std::string key = line.substr(0, line.find(' '));
    const std::string value = line.size() > 8 ? line.substr(8) : "";
    if (key == "name") vectors.push_back({value, "", "", {}, {}, false});
    if (key == "hex") vectors.back().frame += from_hex(value);
    if (key == "body") vectors.back().body += from_hex(value);
    if (key == "refused") vectors.back().refused = true;
    if (key == "record") {
      const std::size_t space = value.find(' ');
      vectors.back().records.emplace_back(value.substr(0, space), from_hex(value.substr(space + 1)));
    }
    if (key == "field" || key == "bytes") {
      const std::size_t space = value.find(' ');
      const std::string text = value.substr(space + 1);
      vectors.back().fields.emplace_back(value.substr(0, space), key == "field" ? text : from_hex(text));
    }
  }
  return vectors;
}

const std::map<std::string, FieldId>& field_names() {
  static const std::map<std::string, FieldId> names = {
#define AMPS_X(name, key, second, third, kind) {#name, AMPS_##name},
      AMPS_FIELD_TABLE(AMPS_X)
#undef AMPS_X
  };
  return names;
}

void check_fields(const Vector& vector, const Header& header) {
  for (const auto& field : vector.fields) {
    CAPTURE(field.first);
    CHECK(std::string(header.get(field_names().at(field.first))) == field.second);
  }
}

void check_frame(const Vector& vector, std::string_view frame) {
  Header header;
  HeaderDecoder decoder;
  const amps::Status status = decoder.decode(frame, &header);
  REQUIRE(status.ok() == !vector.refused);
  if (vector.refused) return;
  check_fields(vector, header);
  CHECK_MESSAGE(frame.substr(header.size_bytes) == vector.body, vector.name);
}

}  // namespace

TEST_CASE("frames of the protocol description decode as described at every split point") {
  const std::vector<Vector> vectors = read_vectors();
  REQUIRE(vectors.size() == 78);
  for (const Vector& vector : vectors) {
    CAPTURE(vector.name);
    for (std::size_t split = 0; split <= vector.frame.size(); ++split) {
      FrameReader reader(1 << 20);
      std::string_view frame;
      reader.feed(std::string_view(vector.frame).substr(0, split));
      bool taken = reader.next(&frame);
      REQUIRE(taken == (split == vector.frame.size()));
      if (!taken) {
        reader.feed(std::string_view(vector.frame).substr(split));
        taken = reader.next(&frame);
      }
      REQUIRE(taken);
      check_frame(vector, frame);
    }
  }
}

TEST_CASE("frames that follow each other are taken one by one, wherever the stream is cut") {
  std::string stream;
  const std::vector<Vector> vectors = read_vectors();
  for (const Vector& vector : vectors) stream += vector.frame;
  for (std::size_t split = 0; split <= stream.size(); ++split) {
    FrameReader reader(1 << 20);
    std::string_view frame;
    std::size_t count = 0;
    const auto take_all = [&] {
      while (reader.next(&frame)) {
        REQUIRE(count < vectors.size());
        REQUIRE(frame == std::string_view(vectors[count].frame).substr(4));
        ++count;
      }
    };
    reader.feed(std::string_view(stream).substr(0, split));
    take_all();
    reader.feed(std::string_view(stream).substr(split));
    take_all();
    REQUIRE(count == vectors.size());
  }
}

TEST_CASE("what is written for a decoded frame means the same") {
  for (const Vector& vector : read_vectors()) {
    if (vector.refused) continue;
    CAPTURE(vector.name);
    Header header, again;
    HeaderDecoder decoder, second_decoder;
    REQUIRE(decoder.decode(std::string_view(vector.frame).substr(4), &header).ok());
    amps::Buffer written;
    append_frame(&written, header, vector.body);
    REQUIRE(written.size() == 4 + load_length(written.data()));
    const std::string_view frame = written.view().substr(4);
    REQUIRE(second_decoder.decode(frame, &again).ok());
    CHECK(again.present == header.present);
    CHECK(frame.substr(again.size_bytes) == vector.body);
    CHECK(again.command == header.command);      // Written in its short form, "p".
    CHECK(again.ack_types == header.ack_types);  // Written in one order.
    Vector others = vector;
    others.fields.erase(std::remove_if(others.fields.begin(), others.fields.end(),
                                       [](const auto& field) {
                                         return field.first == "Command" || field.first == "AckType";
                                       }),
                        others.fields.end());
    check_fields(others, again);
    if (header.command != 0) CHECK(frame.substr(0, 6) == "{\"c\":\"");
  }
}

TEST_CASE("records of a batch are read as described, and a cut one is never taken") {
  for (const Vector& vector : read_vectors()) {
    if (vector.refused) continue;
    Header outer;
    HeaderDecoder decoder;
    REQUIRE(decoder.decode(std::string_view(vector.frame).substr(4), &outer).ok());
    if (outer.command != AMPS_COMMAND_SOW || outer.has(AMPS_CommandId)) continue;  // A query, not its answer.
    CAPTURE(vector.name);
    for (std::size_t size = 0; size <= vector.body.size(); ++size) {
      SowBatchReader batch(outer, std::string_view(vector.body).substr(0, size));
      Header record;
      std::string_view data;
      std::size_t count = 0, consumed = 0;
      while (batch.next(&record, &data)) {
        REQUIRE(count < vector.records.size());
        const auto& [key, expected] = vector.records[count++];
        REQUIRE(std::string(record.has(AMPS_SowKey) ? record.get(AMPS_SowKey) : "-") == key);
        REQUIRE(std::string(data) == expected);
        REQUIRE(record.get(AMPS_Topic) == outer.get(AMPS_Topic));
        consumed = static_cast<std::size_t>(data.data() + data.size() - vector.body.data());
      }
      REQUIRE(batch.status().ok() == (consumed == size));
      if (size == vector.body.size()) REQUIRE(count == vector.records.size());
    }
  }
}
