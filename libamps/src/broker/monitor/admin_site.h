// SPDX-License-Identifier: Apache-2.0
// Which request gets what: /amps/... is the tree, /metrics is for Prometheus, /amps/administrator/... changes
// things, where that is enabled, with POST and a token (broker 14).
// Threads: the HTTP server's.
#pragma once

#include <string>
#include <string_view>

#include "broker/monitor/broker_facts.h"
#include "broker/monitor/http_request.h"
#include "broker/statistics.h"

namespace amps::broker {

class AdminSite {
 public:
  // `token` is empty where actions are disabled. Source and statistics outlive the site.
  AdminSite(FactsSource* source, const Statistics* statistics, std::string token)
      : source_(*source), statistics_(*statistics), token_(std::move(token)) {}

  HttpAnswer answer(const HttpRequest& request);

 private:
  HttpAnswer show(std::string_view path);
  HttpAnswer act(const HttpRequest& request);

  FactsSource& source_;
  const Statistics& statistics_;
  const std::string token_;
};

}  // namespace amps::broker
