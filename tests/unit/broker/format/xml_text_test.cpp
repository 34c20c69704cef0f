// SPDX-License-Identifier: Apache-2.0
#include "broker/format/xml_text.h"

#include <doctest/doctest.h>

using amps::broker::xml_element;

TEST_CASE("text of an element cannot end it") {
  CHECK(xml_element("Topic", "</Topic>&\n\x01") == "<Topic>&lt;/Topic&gt;&amp;  </Topic>");
  CHECK(xml_element("Empty", "") == "<Empty></Empty>");
}
