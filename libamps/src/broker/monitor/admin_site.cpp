// SPDX-License-Identifier: Apache-2.0
#include "broker/monitor/admin_site.h"

#include <charconv>
#include <vector>

#include "broker/monitor/statistics_tree.h"
#include "broker/security/pbkdf2.h"

namespace amps::broker {

namespace {

constexpr std::string_view kActions = "/amps/administrator/";
constexpr std::string_view kTree = "/amps";

HttpAnswer failed(int status, std::string text) {
  HttpAnswer answer;
  answer.status = status;
  answer.body = std::move(text) + "\n";
  return answer;
}

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::size_t end = path.find('/');
    if (end != 0) parts.push_back(path.substr(0, end));
    path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
  }
  return parts;
}

bool parse_number(std::string_view text, std::uint64_t* out) {
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), *out);
  return error == std::errc() && stop == text.data() + text.size();
}

bool take_suffix(std::string_view suffix, std::string_view* path) {
  if (path->size() < suffix.size() || path->substr(path->size() - suffix.size()) != suffix) return false;
  path->remove_suffix(suffix.size());
  return true;
}

}  // namespace

HttpAnswer AdminSite::answer(const HttpRequest& request) {
  if (request.path.substr(0, kActions.size()) == kActions) return act(request);
  if (request.method != "GET") return failed(405, "statistics are read with GET");
  if (request.path == "/metrics") {
    HttpAnswer metrics;
    metrics.content_type = "text/plain; version=0.0.4; charset=utf-8";
    metrics.body = prometheus_text(source_.collect(false), statistics_);
    return metrics;
  }
  return show(request.path);
}

HttpAnswer AdminSite::show(std::string_view path) {
  const bool as_json = take_suffix(".json", &path);
  if (path.substr(0, kTree.size()) != kTree || (path.size() > kTree.size() && path[kTree.size()] != '/')) {
    return failed(404, "statistics are below /amps");
  }
  const std::vector<std::string_view> parts = split(path);
  const bool with_subscriptions = parts.size() <= 2 || parts[2] == "subscriptions";
  const StatisticsNode tree = statistics_tree(source_.collect(with_subscriptions), statistics_);
  const StatisticsNode* const node = tree.find(path.substr(kTree.size()));
  if (node == nullptr) return failed(404, "there is no " + std::string(path));
  HttpAnswer shown;
  if (!as_json && node->kind() == StatisticsNode::Kind::kValue) {
    shown.body = node->text() + "\n";
    return shown;
  }
  shown.content_type = "application/json";
  shown.body = node->json(path);
  return shown;
}

HttpAnswer AdminSite::act(const HttpRequest& request) {
  if (token_.empty()) return failed(403, "actions are disabled");
  if (request.method != "POST") return failed(405, "actions need POST");
  if (!equal_in_constant_time(request.token, token_)) return failed(401, "Authorization: Bearer is wrong");
  const std::vector<std::string_view> parts = split(request.path.substr(kActions.size()));
  std::uint64_t id = 0;
  Status status(AMPS_E_USAGE, "no such action");
  if (parts.size() == 3 && parts[0] == "clients" && parse_number(parts[1], &id) && parts[2] == "disconnect") {
    status = source_.disconnect(id);
  } else if (parts.size() == 3 && parts[0] == "transports" && parse_number(parts[1], &id) &&
             (parts[2] == "enable" || parts[2] == "disable")) {
    status = source_.enable_transport(static_cast<std::size_t>(id), parts[2] == "enable");
  } else if (parts.size() == 3 && parts[0] == "authorization" && parts[1] == "entitlement" &&
             parts[2] == "reset") {
    status = source_.reset_entitlement();
  }
  return status.ok() ? failed(200, "done") : failed(404, std::string(status.text()));
}

}  // namespace amps::broker
