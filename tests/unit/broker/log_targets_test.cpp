// SPDX-License-Identifier: Apache-2.0
#include "broker/log_targets.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "base/thread.h"
#include "broker/log_line.h"
#include "support/test_broker.h"

using namespace amps::broker;

namespace {

struct Folder {
  Folder() { std::filesystem::create_directory(path); }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string read(const std::string& name) const {
    std::ifstream file(path + "/" + name);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
  const std::string path =
      (std::filesystem::temp_directory_path() / ("amps-log-" + std::to_string(::getpid()))).string();
};

LogTargetConfiguration file_target(const std::string& name, amps_log_level_t level) {
  LogTargetConfiguration target;
  target.protocol = LogTargetConfiguration::Protocol::kFile;
  target.file_name = name;
  target.level = level;
  return target;
}

}  // namespace

TEST_CASE(
    "LOG-01 lines of a level and above go to a file, with their time; the program's sink gets its own") {
  Folder folder;
  raw::KeptLog program;
  amps::ManualClock clock;
  LogTargets log(&program, &clock, &amps::system_file_io());
  REQUIRE(log.open({file_target(folder.path + "/a.log", AMPS_LOG_WARNING)}).ok());
  log.log(AMPS_LOG_INFO, "quiet");
  amps::Thread thread;
  REQUIRE(thread.start("speaker", [&] { LogLine(log, AMPS_LOG_ERROR, LogId::kLogFailed) << "loud"; }).ok());
  thread.join();
  log.stop();
  CHECK(folder.read("a.log") == "20231114T221320.000000Z [speaker] error 30-0002 loud\n");
  CHECK(program.contains("quiet"));
}

TEST_CASE("LOG-03 a file that is full is followed by the next one, also after a restart") {
  Folder folder;
  amps::ManualClock clock;
  LogTargetConfiguration target = file_target(folder.path + "/%n.log", AMPS_LOG_INFO);
  target.rotation_bytes = 100;
  const auto write = [&](const std::string& line) {
    LogTargets log(&amps::null_log_sink(), &clock, &amps::system_file_io());
    REQUIRE(log.open({target}).ok());
    log.log(AMPS_LOG_INFO, line);
    log.stop();
  };
  write(std::string(200, 'x'));
  write("second");
  write("third");
  CHECK(folder.read("1.log").size() > 200);
  CHECK(folder.read("2.log").find("third") != std::string::npos);
}

TEST_CASE("LOG-01 a file that cannot be opened stops the start") {
  amps::ManualClock clock;
  LogTargets log(&amps::null_log_sink(), &clock, &amps::system_file_io());
  CHECK_FALSE(log.open({file_target("/nonexistent/folder/a.log", AMPS_LOG_INFO)}).ok());
}

TEST_CASE("CFG-09 names of log files have a number and codes of strftime") {
  CHECK(expand_log_name("a-%n.log", 7, 0) == "a-7.log");
  CHECK(expand_log_name("%Y%m%d-%n", 1, 86'400'000'000u) == "19700102-1");
  CHECK(expand_log_name("100%%", 1, 0) == "100%");
}

TEST_CASE("LOG-02 numbers choose lines of any level, or keep them out, which goes before") {
  Folder folder;
  amps::ManualClock clock;
  LogTargetConfiguration target = file_target(folder.path + "/a.log", AMPS_LOG_ERROR);
  target.included = {"07-0013", "12-.*"};
  target.excluded = {"12-0010", "30-.*"};
  LogTargets log(&amps::null_log_sink(), &clock, &amps::system_file_io());
  REQUIRE(log.open({target}).ok());
  CHECK_FALSE(log.wants(AMPS_LOG_TRACE));
  for (const char* line : {"07-0013 in", "07-00131 in, too", "12-0010 out", "12-0011 in", "01-0001 low"}) {
    log.log(AMPS_LOG_DEBUG, line);
  }
  log.log(AMPS_LOG_ERROR, "30-0002 out");
  log.stop();
  const std::string text = folder.read("a.log");
  CHECK(text.find("07-0013 in\n") != std::string::npos);
  CHECK(text.find("12-0011 in\n") != std::string::npos);
  CHECK(text.find("out") == std::string::npos);
  CHECK(text.find("low") == std::string::npos);
}

TEST_CASE("LOG-01 lines of a broker have the numbers that operators search for") {
  raw::TestBroker broker;
  broker.configuration.name = "desk";
  broker.start();
  broker.log.wait_for("00-0015 instance desk has started");
  {
    raw::Client client(broker.port());
    client.logon("c");
    broker.log.wait_for("12-0010 client c ");
  }
  broker.log.wait_for("07-0013 client c ");
}
