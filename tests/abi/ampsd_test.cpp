// SPDX-License-Identifier: Apache-2.0
// The broker as a command: what it prints and how it ends.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "support/raw_client.h"

namespace {

// ampsd with its standard output and error in one pipe.
class Ampsd {
 public:
  explicit Ampsd(const std::vector<std::string>& arguments) {
    int fds[2];
    REQUIRE(::pipe2(fds, O_CLOEXEC) == 0);
    process_ = ::fork();
    if (process_ == 0) {
      ::dup2(fds[1], STDOUT_FILENO);
      ::dup2(fds[1], STDERR_FILENO);
      std::vector<char*> argv{const_cast<char*>(AMPSD)};
      for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
      argv.push_back(nullptr);
      ::execv(AMPSD, argv.data());
      ::_exit(127);
    }
    ::close(fds[1]);
    fd_ = fds[0];
  }
  ~Ampsd() {
    if (process_ > 0) {
      ::kill(process_, SIGKILL);
      ::waitpid(process_, nullptr, 0);
    }
    ::close(fd_);
  }
  Ampsd(const Ampsd&) = delete;
  Ampsd& operator=(const Ampsd&) = delete;

  // Reads until the text has been printed, or everything.
  std::string read_until(const std::string& text) {
    char bytes[4096];
    while (output_.find(text) == std::string::npos) {
      const ssize_t count = ::read(fd_, bytes, sizeof bytes);
      if (count <= 0) break;
      output_.append(bytes, static_cast<std::size_t>(count));
    }
    return output_;
  }
  // That of the one address, of message type nvfix.
  std::uint16_t read_port() {
    const std::string begin = "tcp://127.0.0.1:";
    read_until("nvfix\n");
    REQUIRE(output_.find(begin) != std::string::npos);
    return static_cast<std::uint16_t>(std::stoi(output_.substr(output_.find(begin) + begin.size())));
  }
  int wait() {
    read_until("never printed");
    int status = 0;
    ::waitpid(std::exchange(process_, 0), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  void signal(int number) { ::kill(process_, number); }
  const std::string& output() const { return output_; }

 private:
  pid_t process_ = 0;
  int fd_ = -1;
  std::string output_;
};

bool prints(const std::vector<std::string>& arguments, int code, const std::string& text) {
  Ampsd ampsd(arguments);
  const int ended = ampsd.wait();
  CAPTURE(ampsd.output());
  CHECK(ended == code);
  return ampsd.output().find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("ampsd says where it listens, serves, and ends with 0 on a signal") {
  for (const int number : {SIGTERM, SIGINT}) {
    Ampsd ampsd({"--listen", "127.0.0.1:0", "--type", "nvfix", "--quiet"});
    raw::Client client(ampsd.read_port());
    client.logon("raw", "nvfix");
    ampsd.signal(number);
    CHECK(ampsd.wait() == 0);
  }
}

TEST_CASE("LOG-04 ampsd prints every frame when it is asked to") {
  for (const bool traces : {true, false}) {
    std::vector<std::string> arguments{"--listen", "127.0.0.1:0", "--type", "nvfix"};
    if (traces) arguments.emplace_back("--trace");
    Ampsd ampsd(arguments);
    raw::Client client(ampsd.read_port());
    client.logon("raw", "nvfix");
    client.publish("t", "what was sent");
    client.expect_nothing();
    ampsd.signal(SIGTERM);
    CHECK(ampsd.wait() == 0);
    CHECK((ampsd.output().find("what was sent") != std::string::npos) == traces);
  }
}

TEST_CASE("ampsd answers questions about itself") {
  CHECK(prints({"--help"}, 0, "--verify-config"));
  CHECK(prints({"--version"}, 0, "-broker\n"));
  CHECK(prints({"--sample-config"}, 0, "<AMPSConfig>"));
}

TEST_CASE("ampsd ends with 1 when it was told something wrong, 2 when it cannot start") {
  CHECK(prints({"--fly"}, 1, "--fly"));
  CHECK(prints({"--config"}, 1, "needs a value"));
  CHECK(prints({"/nonexistent.xml"}, 1, "/nonexistent.xml"));
  CHECK(prints({"--listen", "203.0.113.7:0"}, 2, "203.0.113.7"));
  CHECK(prints({"--listen", "0.0.0.0:0"}, 2, "AllowAnonymous"));
}

TEST_CASE("ampsd checks and shows a configuration with its variables") {
  char path[] = "/tmp/ampsd-XXXXXX";
  const int fd = ::mkstemp(path);
  REQUIRE(fd >= 0);
  ::close(fd);
  std::ofstream(path) << "<AMPSConfig><Name>${A}</Name></AMPSConfig>";
  CHECK(prints({"--verify-config", "-DA=x", path}, 0, ""));
  CHECK(prints({"--dump-config", "-D", "A=me", "--config", path}, 0, "<Name>me</Name>"));
  CHECK(prints({"--verify-config", path}, 1, std::string(path) + ":1:14: variable A is not set"));
  ::unlink(path);
}

namespace {

// A configuration in a directory of its own; ${HERE} in it is the directory.
struct Directory {
  Directory() { REQUIRE(::mkdtemp(path) != nullptr); }
  ~Directory() { std::filesystem::remove_all(path); }
  std::vector<std::string> check(const std::string& xml) const {
    std::ofstream(file()) << "<AMPSConfig>\n" << xml << "\n</AMPSConfig>\n";
    return {"--check", "-DHERE=" + std::string(path), file()};
  }
  std::string file() const { return std::string(path) + "/broker.xml"; }
  char path[20] = "/tmp/ampsd-XXXXXX";
};

const std::string kOrders =
    "<SOW><Topic><Name>orders</Name><MessageType>json</MessageType><Key>/id</Key>"
    "<FileName>${HERE}/orders.sow</FileName></Topic>\n";
const std::string kLog =
    "<TransactionLog><JournalDirectory>${HERE}/journal</JournalDirectory>"
    "<Topic><Name>.*</Name><MessageType>json</MessageType></Topic></TransactionLog>\n";

std::string transport(const std::string& members) {
  return "<Transports>\n<Transport><Name>t</Name><InetAddr>127.0.0.1:0</InetAddr>" + members +
         "</Transport></Transports>\n";
}

}  // namespace

TEST_CASE("EMB-04 CFG-05: --check says what a start would refuse, with its place, and changes nothing") {
  const Directory here;
  const std::string at = here.file() + ":";
  SUBCASE("a good configuration") {
    CHECK(prints(here.check(kLog + kOrders + "</SOW>"), 0, "0 records, good"));
    CHECK_FALSE(std::filesystem::exists(std::string(here.path) + "/journal"));
    CHECK_FALSE(std::filesystem::exists(std::string(here.path) + "/orders.sow"));
  }
  SUBCASE("an unknown element") {
    CHECK(prints(here.check("<Nonsense/>"), 1, at + "2:2: "));
  }
  SUBCASE("a source that is not there") {
    const std::string view =
        "<View><Name>v</Name><MessageType>json</MessageType><UnderlyingTopic>nobody</UnderlyingTopic>"
        "<Projection><Field>/a</Field></Projection><Grouping><Field>/a</Field></Grouping></View></SOW>";
    CHECK(prints(here.check(kOrders + view), 1, at + "3:2: "));
  }
  SUBCASE("an expression that does not compile") {
    const std::string view =
        "<View><Name>v</Name><MessageType>json</MessageType><UnderlyingTopic>orders</UnderlyingTopic>"
        "<Projection><Field>SUM( AS "
        "/a</Field></Projection><Grouping><Field>/a</Field></Grouping></View></SOW>";
    CHECK(prints(here.check(kOrders + view), 2, at + "3:2: "));
    const std::string queue =
        "<SOW><Queue><Name>q</Name><MessageType>json</MessageType><Filter>/a =</Filter></Queue></SOW>";
    CHECK(prints(here.check(kLog + queue), 2, at + "3:7: "));
  }
  SUBCASE("a certificate that is none") {
    std::ofstream(std::string(here.path) + "/no.pem") << "no certificate";
    const std::string files =
        "<Type>tcps</Type><Certificate>${HERE}/no.pem</Certificate><PrivateKey>${HERE}/no.pem</PrivateKey>";
    CHECK(prints(here.check(transport(files)), 2, at + "3:2: "));
  }
  SUBCASE("rights that cannot be read") {
    const std::string rights =
        "<Entitlement><Module>amps-rights-file-entitlement-module</Module>"
        "<Options><FileName>${HERE}/none.json</FileName></Options></Entitlement>\n";
    CHECK(prints(here.check(rights + transport("")), 2, "/none.json"));
  }
  SUBCASE("an address that everybody reaches") {
    const std::string open =
        "<Transports><Transport><Name>t</Name><InetAddr>203.0.113.7:9</InetAddr>"
        "</Transport></Transports>";
    CHECK(prints(here.check(open), 2, "AllowAnonymous"));
  }
  SUBCASE("a file that is damaged") {
    std::ofstream(std::string(here.path) + "/orders.sow") << "this is no file of a topic";
    CHECK(prints(here.check(kOrders + "</SOW>"), 2, "/orders.sow"));
  }
  SUBCASE("a directory that is not there") {
    const std::string logging =
        "<Logging><Target><Protocol>file</Protocol><FileName>${HERE}/nowhere/a.log</FileName>"
        "</Target></Logging>";
    CHECK(prints(here.check(logging), 2, "/nowhere"));
  }
}
