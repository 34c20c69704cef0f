// SPDX-License-Identifier: Apache-2.0
#include "net/prefixed_stream.h"

#include <doctest/doctest.h>

#include "scripted_stream.h"

namespace amps::net {

TEST_CASE("the prefix comes first, in any pieces, then the inner stream") {
  for (const std::size_t room : {1u, 2u, 3u, 100u}) {
    ScriptedStream::Script script;
    script.input = {"de", "f"};
    PrefixedStream stream(std::make_unique<ScriptedStream>(&script), "abc");
    CHECK(stream.has_buffered_input());
    CHECK(read_all(stream, nullptr, room) == "abcdef");
    CHECK_FALSE(stream.has_buffered_input());
    CHECK(write_all(stream, "out"));
    CHECK(script.output == "out");
  }
}

}  // namespace amps::net
