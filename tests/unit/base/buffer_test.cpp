// SPDX-License-Identifier: Apache-2.0
#include "base/buffer.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>

using amps::Buffer;

TEST_CASE("what is appended stands in order") {
  Buffer buffer;
  CHECK(buffer.empty());
  buffer.append("abc");
  buffer.append("");
  buffer.push_back('d');
  std::string expected = "abcd";
  for (int i = 0; i < 1000; ++i) {
    buffer.append("0123456789");
    expected += "0123456789";
  }
  CHECK(buffer.view() == expected);
}

TEST_CASE("a prefix can be taken away and the end cut") {
  Buffer buffer;
  buffer.append("headbody");
  buffer.remove_prefix(4);
  CHECK(buffer.view() == "body");
  buffer.truncate(2);
  CHECK(buffer.view() == "bo");
  buffer.remove_prefix(2);
  CHECK(buffer.empty());
}

TEST_CASE("clearing keeps memory, shrinking gives back what is too much") {
  Buffer buffer;
  buffer.extend(10'000);
  const std::size_t capacity = buffer.capacity();
  buffer.clear();
  CHECK(buffer.capacity() == capacity);
  buffer.shrink(capacity);
  CHECK(buffer.capacity() == capacity);
  buffer.shrink(capacity - 1);
  CHECK(buffer.capacity() == 0);
  buffer.append("again");
  CHECK(buffer.view() == "again");
}

TEST_CASE("exact reserves do not double") {
  Buffer buffer;
  buffer.reserve_exact(1'000);
  CHECK(buffer.capacity() == 1'000);
  buffer.reserve_exact(1'001);
  CHECK(buffer.capacity() == 1'001);
  buffer.reserve_exact(10);
  CHECK(buffer.capacity() == 1'001);
  buffer.reserve(1'002);
  CHECK(buffer.capacity() == 2'002);
}

TEST_CASE("moving hands the bytes over") {
  Buffer from;
  from.append("bytes");
  Buffer to(std::move(from));
  CHECK(to.view() == "bytes");
  Buffer assigned;
  assigned = std::move(to);
  CHECK(assigned.view() == "bytes");
}
