// SPDX-License-Identifier: Apache-2.0
#include "net/connector.h"

#include <doctest/doctest.h>

#include <string>
#include <thread>

#include "base/interrupt.h"
#include "net/http_preflight.h"
#include "net/zlib_stream.h"
#include "tls_peers.h"

namespace amps::net {
namespace {

constexpr std::string_view kAnswer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: tcp\r\n\r\n";

// A listener and the URI that leads to it.
struct Server {
  LoopbackListener listener;

  Status connect(const std::string& scheme, const std::string& options, std::unique_ptr<ByteStream>* out,
                 const ConnectOptions& given = {soon(), {}, nullptr}) const {
    Uri uri;
    const std::string text =
        scheme + "://localhost:" + std::to_string(listener.port()) + "/amps/json" + options;
    const Status parsed = parse_uri(text, &uri);
    REQUIRE_MESSAGE(parsed.ok(), parsed.text());
    return net::connect(uri, given, out);
  }
};

// Echoes until the peer closes.
void echo(ByteStream& stream) {
  char bytes[4096];
  for (;;) {
    const IoResult result = stream.read_some(bytes, sizeof(bytes));
    if (result.state == IoState::kOk) {
      if (!write_waiting(stream, {bytes, result.size})) return;
    } else if (!wait_as_told(stream, result)) {
      return;
    }
  }
}

void check_echo(const std::unique_ptr<ByteStream>& client, const Status& status) {
  REQUIRE_MESSAGE(status.ok(), status.text());
  const std::string text(100'000, 'x');
  std::thread reader([&] { CHECK(read_exactly(*client, text.size()) == text); });
  CHECK(write_waiting(*client, text));
  reader.join();
  client->shutdown();
}

std::string read_head(ByteStream& stream) {
  std::string head;
  while (head.find("\r\n\r\n") == std::string::npos) {
    const std::string byte = read_exactly(stream, 1);
    if (byte.empty()) break;
    head += byte;
  }
  return head;
}

}  // namespace

TEST_CASE("connect opens a plain connection") {
  Server server;
  std::thread peer([&] { echo(*server.listener.accept()); });
  std::unique_ptr<ByteStream> client;
  const Status status = server.connect("tcp", "", &client);
  check_echo(client, status);
  peer.join();
}

TEST_CASE("connect speaks TLS, and TLS with preflight and compression inside it") {
  const TlsFiles files;
  TlsContext context;
  REQUIRE(TlsContext::make_server(files.server(), &context).ok());
  for (const bool everything : {false, true}) {
    Server server;
    std::thread peer([&] {
      std::unique_ptr<TlsStream> tls;
      CHECK(tls_server_stream(server.listener.accept(), context, &tls).ok());
      if (!everything) return echo(*tls);
      const std::string head = read_head(*tls);
      CHECK(head.find("GET /amps/json HTTP/1.1\r\n") == 0);
      CHECK(head.find("\r\nCookie: a=1\r\n") != std::string::npos);
      CHECK(write_waiting(*tls, kAnswer));
      std::unique_ptr<ZlibStream> zlib;
      CHECK(ZlibStream::make(std::move(tls), {}, &zlib).ok());
      echo(*zlib);
    });
    std::unique_ptr<ByteStream> client;
    const std::string options =
        "?tls_ca=" + files.ca() + (everything ? "&http_preflight=1&compression=zlib" : "");
    const Status status = server.connect("tcps", options, &client, {soon(), {"Cookie: a=1"}, nullptr});
    check_echo(client, status);
    peer.join();
  }
}

TEST_CASE("tls_sni names the server that the certificate must be for") {
  const TlsFiles files;
  CertificateRequest request;
  request.names = "DNS:inner.example";
  TlsContext context;
  REQUIRE(TlsContext::make_server(files.server(request), &context).ok());
  for (const bool named : {true, false}) {
    Server server;
    std::thread peer([&] {
      std::unique_ptr<TlsStream> tls;
      CHECK(tls_server_stream(server.listener.accept(), context, &tls).ok());
      echo(*tls);
    });
    std::unique_ptr<ByteStream> client;
    const std::string options = "?tls_ca=" + files.ca() + (named ? "&tls_sni=inner.example" : "");
    const Status status = server.connect("tcps", options, &client);
    CHECK(status.ok() == named);
    if (!named) mentions(status, "expected 'localhost'");
    client.reset();
    peer.join();
  }
}

TEST_CASE("bytes that come right behind the preflight's answer are not lost") {
  for (const bool compressed : {false, true}) {
    Server server;
    std::thread peer([&] {
      const auto stream = server.listener.accept();
      read_head(*stream);
      const std::string packed("\x78\x9c\x00\x02\x00\xfd\xffhi\x00\x00\x00\xff\xff", 14);
      CHECK(write_waiting(*stream, std::string(kAnswer) + (compressed ? packed : "hi")));
    });
    std::unique_ptr<ByteStream> client;
    const Status status = server.connect(
        "tcp", std::string("?http_preflight=true") + (compressed ? "&compression=zlib" : ""), &client);
    REQUIRE_MESSAGE(status.ok(), status.text());
    CHECK(read_exactly(*client, 2) == "hi");
    peer.join();
  }
}

TEST_CASE("a refused or broken preflight is a connection error") {
  for (const std::string& answer :
       {std::string("HTTP/1.1 403 Forbidden\r\n\r\n"), std::string("SSH-2.0-OpenSSH\r\n"), std::string()}) {
    Server server;
    std::thread peer([&] {
      const auto stream = server.listener.accept();
      read_head(*stream);
      CHECK(write_waiting(*stream, answer));
    });
    std::unique_ptr<ByteStream> client;
    CHECK(server.connect("tcp", "?http_preflight=true", &client).code() == AMPS_E_CONNECTION);
    CHECK(client == nullptr);
    peer.join();
  }
}

TEST_CASE("a header line that is none fails before anything is sent") {
  Server server;
  std::unique_ptr<ByteStream> client;
  const ConnectOptions options{soon(), {"A: b\r\nC: d"}, nullptr};
  CHECK(server.connect("tcp", "?http_preflight=1", &client, options).code() == AMPS_E_USAGE);
}

TEST_CASE("a handshake or preflight that never comes ends at the deadline, by a waker and by the hook") {
  const TlsFiles files;
  for (const std::string& kind : {std::string("tcps"), std::string("tcp")}) {
    const std::string options = kind == "tcps" ? "?tls_ca=" + files.ca() : "?http_preflight=1";
    Server server;  // Accepts nobody; the kernel does.
    std::unique_ptr<ByteStream> client;
    ConnectOptions given;
    Status late;
    std::chrono::milliseconds wait(50);
    do {  // On a slow machine time runs out while the name is looked up.
      given.deadline = std::chrono::steady_clock::now() + wait;
      late = server.connect(kind, options, &client, given);
      CHECK(late.code() == AMPS_E_TIMED_OUT);
      wait *= 2;
    } while (late.text().find("resolving") != std::string::npos);
    mentions(late, "with localhost:" + std::to_string(server.listener.port()));
    const Waker waker;
    std::thread other([&] { waker.wake(); });
    CHECK(server.connect(kind, options, &client, {kNoDeadline, {}, &waker}).code() == AMPS_E_DISCONNECTED);
    other.join();
    set_interrupt_hook(+[]() -> std::int32_t { return 1; });
    CHECK(server.connect(kind, options, &client, {kNoDeadline, {}, nullptr}).code() == AMPS_E_INTERRUPTED);
    set_interrupt_hook(nullptr);
  }
}

TEST_CASE("TLS to a plain port says so") {
  Server server;
  std::thread peer([&] {
    const auto stream = server.listener.accept();
    read_exactly(*stream, 5);
    CHECK(write_waiting(*stream, "{\"c\":\"ack\"}"));
  });
  std::unique_ptr<ByteStream> client;
  const Status status = server.connect("tcps", "", &client);
  CHECK(status.code() == AMPS_E_SSL);
  mentions(status, "does not speak TLS");
  peer.join();
}

TEST_CASE("an authority file that is missing fails the connect with its name") {
  Server server;
  std::unique_ptr<ByteStream> client;
  const Status status = server.connect("tcps", "?tls_ca=/no/such/ca.pem", &client);
  CHECK(status.code() == AMPS_E_SSL);
  mentions(status, "'/no/such/ca.pem' cannot be read");
}

}  // namespace amps::net
