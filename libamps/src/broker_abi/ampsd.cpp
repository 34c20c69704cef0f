// SPDX-License-Identifier: Apache-2.0
// The broker as a command. It uses the public C interface only.
// Exit codes: 0 clean end, 1 wrong arguments or configuration, 2 the broker could not start.
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "amps/amps_broker.h"

namespace {

constexpr int kExitConfiguration = 1;
constexpr int kExitStart = 2;

constexpr char kHelp[] =
    "usage: ampsd [OPTION]... [CONFIG]\n"
    "Serves the AMPS protocol until SIGINT, SIGTERM or SIGHUP.\n\n"
    "  --config FILE        read this XML configuration (or name it last)\n"
    "  --listen HOST:PORT   listen here too; port 0 picks a free one; may be repeated\n"
    "  --type TYPE          message type of every --listen: json, nvfix, ...; default: any\n"
    "  -D NAME=VALUE        value of ${NAME} in the configuration\n"
    "  --verify-config      read the configuration, then exit\n"
    "  --check              try all a start does, change nothing and do not listen, then exit\n"
    "  --dump-config        print the effective configuration, then exit\n"
    "  --sample-config      print a commented configuration, then exit\n"
    "  --quiet              log warnings and errors only\n"
    "  --trace              log every frame too\n"
    "  --version            print the version, then exit\n"
    "  --help               print this, then exit\n\n"
    "example: ampsd --listen 127.0.0.1:9007\n";

struct Arguments {
  std::string config;
  std::string variables;  // "A=1\0B=2\0", as amps_broker_configure() takes them.
  std::string message_type;
  std::vector<std::string> listens;
  bool verify = false, check = false, dump = false, sample = false, version = false, help = false;
  amps_log_level_t level = AMPS_LOG_INFO;
};

int fail(int code, const std::string& text) {
  std::fprintf(stderr, "ampsd: %s\n", text.c_str());
  return code;
}

std::string last_error() {
  amps_span_t text;
  amps_broker_last_error(nullptr, &text);
  return std::string(text.ptr, text.len);
}

std::string text_of(amps_span_t span) {
  return std::string(span.ptr, span.len);
}

void write_log(amps_log_level_t level, amps_span_t line, void* userdata) {
  if (level < *static_cast<const amps_log_level_t*>(userdata)) return;
  static constexpr const char* kLevels[] = {"trace", "debug", "info", "warning", "error"};
  std::fprintf(stderr, "ampsd: %s: %.*s\n", kLevels[level], static_cast<int>(line.len), line.ptr);
}

// Empty: fine. Otherwise what is wrong.
std::string parse(int argc, char** argv, Arguments* out) {
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    const auto value = [&](std::string* to) {
      if (i + 1 >= argc) return false;
      *to = argv[++i];
      return true;
    };
    std::string text;
    bool complete = true;
    if (name == "--config") {
      complete = value(&out->config);
    } else if (name == "--listen") {
      complete = value(&text);
      out->listens.push_back(text);
    } else if (name == "--type") {
      complete = value(&out->message_type);
    } else if (name.compare(0, 2, "-D") == 0) {
      text = name.substr(2);
      if (text.empty()) complete = value(&text);
      if (text.find('=') == std::string::npos) return "-D needs NAME=VALUE";
      out->variables.append(text).push_back('\0');
    } else if (name == "--verify-config") {
      out->verify = true;
    } else if (name == "--check") {
      out->check = true;
    } else if (name == "--dump-config") {
      out->dump = true;
    } else if (name == "--sample-config") {
      out->sample = true;
    } else if (name == "--quiet") {
      out->level = AMPS_LOG_WARNING;
    } else if (name == "--trace") {
      out->level = AMPS_LOG_TRACE;
    } else if (name == "--version") {
      out->version = true;
    } else if (name == "--help" || name == "-h") {
      out->help = true;
    } else if (name[0] != '-' && out->config.empty()) {
      out->config = name;
    } else {
      return "unknown argument " + name + "; see --help";
    }
    if (!complete) return name + " needs a value";
  }
  return {};
}

amps_result configure(amps_broker_t* broker, const Arguments& arguments) {
  if (!arguments.config.empty()) {
    const amps_result result =
        amps_broker_configure_file(broker, arguments.config.c_str(), arguments.variables.c_str());
    if (result != AMPS_E_OK) return result;
  }
  for (const std::string& address : arguments.listens) {
    amps_broker_transport_t transport{};
    transport.struct_size = sizeof transport;
    transport.address = address.c_str();
    if (!arguments.message_type.empty()) transport.message_type = arguments.message_type.c_str();
    const amps_result result = amps_broker_add_transport(broker, &transport);
    if (result != AMPS_E_OK) return result;
  }
  return AMPS_E_OK;
}

// One line a transport: what to connect to.
void print_addresses(const amps_broker_t* broker) {
  for (size_t i = 0; i < amps_broker_address_count(broker); ++i) {
    amps_broker_address_t address{};
    address.struct_size = sizeof address;
    if (amps_broker_address(broker, i, &address) != AMPS_E_OK) continue;
    const std::string type = text_of(address.message_type);
    const std::string path = "/amps" + (type.empty() ? std::string() : "/" + type);
    std::string host = text_of(address.host);
    if (host.find(':') != std::string::npos) host = "[" + host + "]";
    if (address.path.len != 0) {
      std::printf("unix://localhost:0%s?path=%s\n", path.c_str(), text_of(address.path).c_str());
    } else {
      std::printf("%s://%s:%u%s\n", text_of(address.type).c_str(), host.c_str(), address.port, path.c_str());
    }
  }
  std::fflush(stdout);
}

// The signals that end us are taken by waiting for them, so that no handler is needed.
int serve(amps_broker_t* broker) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, number);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  if (amps_broker_start(broker) != AMPS_E_OK) return fail(kExitStart, last_error());
  print_addresses(broker);
  int number = 0;
  sigwait(&signals, &number);
  amps_broker_stop(broker);
  return 0;
}

int run(amps_broker_t* broker, const Arguments& arguments) {
  const amps_broker_log_t log{sizeof log, write_log, const_cast<amps_log_level_t*>(&arguments.level), nullptr,
                              arguments.level == AMPS_LOG_TRACE};
  if (amps_broker_set_log(broker, &log) != AMPS_E_OK || configure(broker, arguments) != AMPS_E_OK) {
    return fail(kExitConfiguration, last_error());
  }
  if (arguments.dump) {
    amps_span_t xml{nullptr, 0};
    if (amps_broker_dump(broker, &xml) != AMPS_E_OK) return fail(kExitConfiguration, last_error());
    std::fwrite(xml.ptr, 1, xml.len, stdout);
  }
  if (arguments.check && amps_broker_check(broker) != AMPS_E_OK) return fail(kExitStart, last_error());
  return arguments.dump || arguments.verify || arguments.check ? 0 : serve(broker);
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  if (const std::string wrong = parse(argc, argv, &arguments); !wrong.empty()) {
    return fail(kExitConfiguration, wrong);
  }
  if (arguments.help || arguments.version || arguments.sample) {
    std::fputs(arguments.help     ? kHelp
               : arguments.sample ? amps_broker_sample()
                                  : amps_broker_version_string(),
               stdout);
    if (arguments.version && !arguments.help && !arguments.sample) std::fputs("\n", stdout);
    return 0;
  }
  amps_broker_t* broker = nullptr;
  if (amps_broker_new(&broker) != AMPS_E_OK) return fail(kExitStart, last_error());
  const int code = run(broker, arguments);
  amps_broker_free(broker);
  return code;
}
