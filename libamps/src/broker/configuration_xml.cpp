// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/configuration_checks.h"
#include "broker/configuration_numbers.h"
#include "broker/configuration_xml/access.h"
#include "broker/configuration_xml/actions.h"
#include "broker/configuration_xml/admin.h"
#include "broker/configuration_xml/element.h"
#include "broker/configuration_xml/members.h"
#include "broker/configuration_xml/message_type.h"
#include "broker/configuration_xml/sow.h"
#include "broker/configuration_xml/transaction_log.h"
#include "broker/configuration_xml/transport.h"
#include "broker/configuration_xml/version.h"

namespace amps::broker {

namespace {

// What the elements of the root are read into.
struct Reading {
  Configuration* configuration;
  std::vector<const Element*> sow;  // Where the entries of the configuration's `sow` came from.
};

using ReadElement = Status (*)(const Element& element, Reading* to);

Status read_name(const Element& element, Reading* to) {
  AMPS_RETURN_IF_ERROR(read_leaf(element, &to->configuration->name));
  if (to->configuration->name.find_first_of(" \t\r\n/\\$&;|<>*?'\"`") == std::string::npos) return {};
  return error_at(
      element, "Name is " + element.value + "; it may not have spaces, slashes or characters of the shell");
}

Status read_text(const Element& element, Reading*) {
  std::string text;
  return read_leaf(element, &text);
}

Status read_required_version(const Element& element, Reading*) {
  std::string text;
  AMPS_RETURN_IF_ERROR(read_leaf(element, &text));
  return check_required_version(element, text);
}

Status read_suggested_version(const Element& element, Reading* to) {
  std::string text;
  AMPS_RETURN_IF_ERROR(read_leaf(element, &text));
  return check_suggested_version(element, text, &to->configuration->warnings);
}

Status read_validation(const Element& element, Reading*) {
  std::uint64_t value = 0;
  AMPS_RETURN_IF_ERROR(read_number(element, {NumberUnit::kBoolean, 0, 1}, &value));
  if (value == 1) return {};
  return error_at(element, "ConfigValidation cannot be disabled in this version");
}

Status read_stats_interval(const Element& element, Reading* to) {
  return read_number(element, {NumberUnit::kMilliseconds, 100, 86'400'000},
                     &to->configuration->sow_stats_interval_ms);
}

Status read_root_number(const Element& element, Reading* to) {
  const NumberElement& number = *find_number_element(element.name);
  Configuration& configuration = *to->configuration;
  std::string text;
  AMPS_RETURN_IF_ERROR(read_leaf(element, &text));
  // A share is one of the memory limit, which was read before.
  const auto value = parse_number(number.range, text, configuration.number(AMPS_BROKER_OUTBOX_BYTES_MAX));
  if (!value) return error_at(element, element.name + " is " + text + ", not " + expected_text(number.range));
  configuration.numbers[number.number] = *value;
  return {};
}

Status read_root_message_types(const Element& element, Reading* to) {
  return read_message_types(element, to->configuration, &to->configuration->warnings);
}

Status read_root_transports(const Element& element, Reading* to) {
  return read_transports(element, to->configuration, &to->configuration->warnings);
}

Status read_root_sow(const Element& element, Reading* to) {
  return read_sow(element, &to->configuration->sow, &to->sow, &to->configuration->warnings);
}

Status read_root_actions(const Element& element, Reading* to) {
  return read_actions(element, &to->configuration->actions, &to->configuration->warnings);
}

Status read_root_transaction_log(const Element& element, Reading* to) {
  Configuration& configuration = *to->configuration;
  configuration.unique_client_names = true;
  return read_transaction_log(element, &configuration.transaction_log.emplace(), &configuration.warnings);
}

Status read_root_authentication(const Element& element, Reading* to) {
  to->configuration->authentication = {};
  return read_authentication(element, &to->configuration->authentication, &to->configuration->warnings);
}

Status read_root_entitlement(const Element& element, Reading* to) {
  to->configuration->entitlement = {};
  return read_entitlement(element, &to->configuration->entitlement, &to->configuration->warnings);
}

Status read_root_admin(const Element& element, Reading* to) {
  return read_admin(element, &to->configuration->admin.emplace(), &to->configuration->warnings);
}

Status read_root_logging(const Element& element, Reading* to) {
  return read_logging(element, &to->configuration->log_targets, &to->configuration->warnings);
}

Status pass_over(const Element& element, Reading* to) {
  to->configuration->warnings.push_back(passed_over(element, "nothing here can be tuned by it"));
  return {};
}

Status refuse(const Element& element, Reading*) {
  return unavailable_element(element);
}

struct RootRow {
  std::string_view name;
  bool repeats;
  ReadElement read;
  std::string_view what;  // Empty: described by its members, or not served.
};

// In the order of reading: what others refer to comes first.
constexpr RootRow kRoot[] = {
    {"Name", false, read_name, "of the instance, in logs, statistics and file names"},
    {"RequiredMinimumVersion", false, read_required_version, "of AMPS; a later one is refused"},
    {"SuggestedMinimumVersion", false, read_suggested_version, "of AMPS; a later one is a warning"},
    {"Description", false, read_text, "for people"},
    {"Environment", false, read_text, "for people"},
    {"Group", false, read_text, "for people: there is no replication"},
    {"ProcessName", false, read_text, "for people"},
    {"ConfigValidation", false, read_validation, "enabled"},
    {"SOWStatsInterval", false, read_stats_interval, "between events on /AMPS/SOWStats; default: none"},
    {"SOWStatisticsInterval", false, read_stats_interval, "the same"},
    {"MessageTypes", true, read_root_message_types, {}},
    {"Authentication", false, read_root_authentication, {}},
    {"Entitlement", false, read_root_entitlement, {}},
    {"Transports", true, read_root_transports, {}},
    {"TransactionLog", false, read_root_transaction_log, {}},
    {"SOW", true, read_root_sow, {}},
    {"Actions", true, read_root_actions, {}},
    {"Admin", false, read_root_admin, {}},
    {"Logging", true, read_root_logging, {}},
    {"ConfigCycleDetectionThreshold", false, pass_over, {}},
    {"Externals", true, pass_over, {}},
    {"MiniDumpDirectory", false, pass_over, {}},
    {"MiniDumpFileMask", false, pass_over, {}},
    {"Tuning", true, pass_over, {}},
    // Leaving these out without a word would change what happens to data.
    {"MessageDiskLimit", false, refuse, {}},
    {"MessageDiskPath", false, refuse, {}},
    {"Modules", true, refuse, {}},
    {"Protocols", true, refuse, {}},
    {"Replication", true, refuse, {}},
    {"UserDefinedFunctions", true, refuse, {}},
};

const RootRow* find_root_row(std::string_view name) noexcept {
  for (const RootRow& row : kRoot) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

// Names and repetitions, in the order of the text.
Status check_names(const Element& root) {
  if (root.name != "AMPSConfig") return error_at(root, "the root element is not AMPSConfig");
  if (!root.value.empty()) return error_at(root, "text outside of elements");
  for (const Element& child : root.children) {
    const RootRow* const row = find_root_row(child.name);
    if (row == nullptr && find_number_element(child.name) == nullptr) {
      return error_at(child, "unknown element " + child.name);
    }
    const bool repeats = row != nullptr && row->repeats;
    if (!repeats && root.find(child.name) != &child) return repeated_element(child, root);
  }
  return {};
}

Status read_numbers(const Element& root, Reading* to) {
  const Element* capacity = nullptr;  // May be a share of a limit that comes later.
  for (const Element& child : root.children) {
    if (find_number_element(child.name) == nullptr) continue;
    if (child.name == "ClientMaxCapacity") {
      capacity = &child;
    } else {
      AMPS_RETURN_IF_ERROR(read_root_number(child, to));
    }
  }
  return capacity == nullptr ? Status() : read_root_number(*capacity, to);
}

Status read_root(const Element& root, Reading* to) {
  AMPS_RETURN_IF_ERROR(check_names(root));
  AMPS_RETURN_IF_ERROR(read_numbers(root, to));
  for (const RootRow& row : kRoot) {
    for (const Element& child : root.children) {
      if (child.name == row.name) AMPS_RETURN_IF_ERROR(row.read(child, to));
    }
  }
  // Entries that were there before the text have no place in it.
  const std::size_t before = to->configuration->sow.size() - to->sow.size();
  for (std::size_t i = 0; i < to->sow.size(); ++i) {
    set_state_place(place_of(*to->sow[i]), &to->configuration->sow[before + i]);
  }
  std::size_t culprit = 0;
  if (const Status status = check_state(*to->configuration, &culprit); !status.ok()) {
    return error_at(culprit < before ? root : *to->sow[culprit - before], status.text());
  }
  const Status status = check_configuration(*to->configuration);
  return status.ok() ? status : error_at(root, status.text());
}

std::string describe() {
  std::vector<MemberDescription> rows;
  const Configuration defaults;
  for (const RootRow& row : kRoot) {
    if (!row.what.empty()) rows.push_back({std::string(row.name), "", "text", "", std::string(row.what)});
  }
  static constexpr std::string_view kMeanings[] = {
#define AMPS_X(name, value, text) text,
      AMPS_BROKER_NUMBER_TABLE(AMPS_X)
#undef AMPS_X
  };
  for (int i = 0; i < AMPS_BROKER_NUMBER_COUNT; ++i) {
    const NumberElement& number = number_element(static_cast<amps_broker_number_t>(i));
    rows.push_back({std::string(number.element), "", expected_text(number.range),
                    format_number(number.range.unit, defaults.number(number.number)),
                    std::string(kMeanings[i])});
  }
  describe_message_types(&rows);
  describe_transports(&rows);
  describe_sow(&rows);
  describe_transaction_log(&rows);
  describe_actions(&rows);
  describe_access(&rows);
  describe_admin(&rows);
  std::string text;
  for (const MemberDescription& row : rows) {
    text +=
        row.path + "\t" + row.synonym + "\t" + row.kind + "\t" + row.default_value + "\t" + row.what + "\n";
  }
  return text;
}

}  // namespace

Status read_configuration(std::string_view xml, const std::string& origin, const Variables& variables,
                          Configuration* out) {
  ElementTree tree;
  AMPS_RETURN_IF_ERROR(tree.load(xml, origin, variables));
  Configuration read = *out;  // Untouched by a text that fails.
  Reading reading{&read, {}};
  AMPS_RETURN_IF_ERROR(read_root(tree.root(), &reading));
  *out = std::move(read);
  return {};
}

std::string write_configuration(const Configuration& configuration) {
  Element root;
  root.name = "AMPSConfig";
  root.add("Name", configuration.name);
  for (int i = 0; i < AMPS_BROKER_NUMBER_COUNT; ++i) {
    const NumberElement& number = number_element(static_cast<amps_broker_number_t>(i));
    root.add(number.element, format_number(number.range.unit, configuration.number(number.number)));
  }
  if (configuration.sow_stats_interval_ms != 0) {
    root.add("SOWStatsInterval",
             format_number(NumberUnit::kMilliseconds, configuration.sow_stats_interval_ms));
  }
  write_message_types(configuration.message_types, &root);
  write_authentication(configuration.authentication, &root);
  write_entitlement(configuration.entitlement, &root);
  write_transports(configuration.transports, &root);
  if (configuration.transaction_log) write_transaction_log(*configuration.transaction_log, &root);
  write_sow(configuration.sow, &root);
  write_actions(configuration.actions, &root);
  if (configuration.admin) write_admin(*configuration.admin, &root);
  write_logging(configuration.log_targets, &root);
  return write_elements(root);
}

const char* describe_configuration() {
  static const std::string text = describe();
  return text.c_str();
}

}  // namespace amps::broker
