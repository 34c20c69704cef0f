// SPDX-License-Identifier: Apache-2.0
// The documented tree of statistics (broker 14.2), as far as this broker knows its leaves.
// Threads: functions of their arguments.
#pragma once

#include "broker/monitor/broker_facts.h"
#include "broker/monitor/statistics_node.h"
#include "broker/statistics.h"

namespace amps::broker {

// The root, whose members are those of "amps".
StatisticsNode statistics_tree(const BrokerFacts& facts, const Statistics& statistics);
// The same in the text format of Prometheus.
std::string prometheus_text(const BrokerFacts& facts, const Statistics& statistics);

}  // namespace amps::broker
