// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml.h"

#include "broker/broker.h"
#include "xml_text.h"

using namespace xml_text;

TEST_CASE("CFG-05: the sample is read without a warning, and its dump reads the same") {
  CHECK(good(amps::broker::sample_configuration()).warnings.empty());
  check_round_trip(amps::broker::sample_configuration());
}

TEST_CASE("CFG-05: a broker starts from the sample") {
  Configuration configuration = good(amps::broker::sample_configuration());
  for (auto& transport : configuration.transports) transport.address.port = 0;
  if (configuration.admin) configuration.admin->address.port = 0;
  amps::broker::Broker broker(configuration, {});
  const amps::Status status = broker.start();
  CAPTURE(status.text());
  CHECK(status.ok());
}
