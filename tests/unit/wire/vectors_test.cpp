// SPDX-License-Identifier: Apache-2.0
// The frames of tests/vectors, whole and fed at every split point.
#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "wire/frame_reader.h"
#include "wire/header_decoder.h"

using namespace amps::wire;

namespace {

struct Vector {
  std::string name, frame, body;
  std::vector<std::pair<std::string, std::string>> fields;
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
    if (key == "name") vectors.push_back({value, "", "", {}, false});
    if (key == "hex") vectors.back().frame += from_hex(value);
    if (key == "body") vectors.back().body += from_hex(value);
    if (key == "refused") vectors.back().refused = true;
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

void check_frame(const Vector& vector, std::string_view frame) {
  Header header;
  HeaderDecoder decoder;
  const amps::Status status = decoder.decode(frame, &header);
  REQUIRE(status.ok() == !vector.refused);
  if (vector.refused) return;
  for (const auto& field : vector.fields) {
    CAPTURE(field.first);
    CHECK(std::string(header.get(field_names().at(field.first))) == field.second);
  }
  CHECK_MESSAGE(frame.substr(header.size_bytes) == vector.body, vector.name);
}

}  // namespace

TEST_CASE("frames of the protocol description decode as described at every split point") {
  const std::vector<Vector> vectors = read_vectors();
  REQUIRE(vectors.size() == 75);
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
