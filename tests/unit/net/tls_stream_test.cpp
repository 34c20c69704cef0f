// SPDX-License-Identifier: Apache-2.0
#include "net/tls_stream.h"

#include <doctest/doctest.h>

#include <string>
#include <thread>

#include "tls_peers.h"

namespace amps::net {
namespace {

// The reason for which a client refuses a server.
Status client_refusal(const TlsFiles& files, const TlsServerOptions& server,
                      const std::string& host = "localhost") {
  TlsPeers peers(files.client(), server, host);
  CHECK_FALSE(peers.shake_hands());
  CHECK(peers.client->status().code() == AMPS_E_SSL);
  return peers.client->status();
}

// The client's end over a socket whose other end the test plays by itself.
struct LoneClient {
  explicit LoneClient(const TlsFiles& files) {
    TlsContext context;
    REQUIRE(TlsContext::make_client(files.client(), &context).ok());
    SocketPair pair;
    peer = std::move(pair.right);
    REQUIRE(tls_client_stream(std::move(pair.left), context, "localhost", &client).ok());
    CHECK(client->handshake().state == IoState::kWantRead);
  }
  std::unique_ptr<TlsStream> client;
  std::unique_ptr<SocketStream> peer;
};

}  // namespace

TEST_CASE("both ends talk after the handshake") {
  const TlsFiles files;
  TlsPeers peers(files.client(), files.server());
  REQUIRE(peers.shake_hands());
  CHECK(write_waiting(*peers.client, "ping"));
  CHECK(read_exactly(*peers.server, 4) == "ping");
  CHECK(write_waiting(*peers.server, "pong"));
  CHECK(read_exactly(*peers.client, 4) == "pong");
  CHECK_FALSE(peers.client->has_buffered_input());
  CHECK(peers.client->status().ok());
}

TEST_CASE("reading and writing drive the handshake too") {
  const TlsFiles files;
  TlsPeers peers(files.client(), files.server());
  char byte = 0;
  bool written = false;
  IoResult got{IoState::kWantRead};
  for (int turn = 0; turn < 100 && got.state == IoState::kWantRead; ++turn) {
    if (!written) written = peers.client->write_some("x", 1).state == IoState::kOk;
    got = peers.server->read_some(&byte, 1);
  }
  CHECK(got.state == IoState::kOk);
  CHECK(byte == 'x');
}

TEST_CASE("an IP address is verified like a name") {
  const TlsFiles files;
  TlsPeers peers(files.client(), files.server(), "127.0.0.1");
  CHECK(peers.shake_hands());
  mentions(client_refusal(files, files.server(), "127.0.0.2"), "for another host, expected '127.0.0.2'");
}

TEST_CASE("a certificate for another host is refused with the expected name") {
  const TlsFiles files;
  mentions(client_refusal(files, files.server(), "broker.example"),
           "for another host, expected 'broker.example'");
}

TEST_CASE("expired and future certificates are refused") {
  const TlsFiles files;
  CertificateRequest request;
  request.begins_after_s = -7200;
  request.ends_after_s = -3600;
  mentions(client_refusal(files, files.server(request)), "has expired");
  request.begins_after_s = 3600;
  request.ends_after_s = 7200;
  mentions(client_refusal(files, files.server(request)), "is not valid yet");
}

TEST_CASE("self-signed certificates and unknown authorities are refused") {
  const TlsFiles files, strangers("Strangers");
  mentions(client_refusal(files, files.self_signed_server()), "is self-signed and not trusted");
  mentions(client_refusal(files, strangers.server()), "unknown authority");
}

TEST_CASE("an authority that only has the right name is refused") {
  const TlsFiles files, impostors;
  mentions(client_refusal(files, impostors.server()), "certificate signature failure");
}

TEST_CASE("a client's certificate cannot serve") {
  const TlsFiles files;
  CertificateRequest request;
  request.usage = "clientAuth";
  mentions(client_refusal(files, files.server(request)), "is not meant for this purpose");
}

TEST_CASE("the system's authorities are trusted when none are named") {
  const TlsFiles files;
  TlsPeers peers(TlsClientOptions(), files.server());
  CHECK_FALSE(peers.shake_hands());
  mentions(peers.client->status(), "unknown authority");
}

TEST_CASE("with verification off anything is accepted") {
  const TlsFiles files;
  TlsClientOptions options;
  options.verify = false;
  TlsPeers peers(options, files.self_signed_server(), "broker.example");
  CHECK(peers.shake_hands());
}

TEST_CASE("a refused server learns that it was refused") {
  const TlsFiles files;
  TlsPeers peers(files.client(), files.self_signed_server());
  CHECK_FALSE(peers.shake_hands());
  CHECK(peers.server->handshake().state == IoState::kFailed);
  mentions(peers.server->status(), "the peer refused with an alert");
}

TEST_CASE("a wanted client certificate is accepted") {
  const TlsFiles files;
  TlsServerOptions server = files.server();
  server.ca_file = files.ca();
  TlsPeers peers(files.client_with_certificate(), server);
  CHECK(peers.shake_hands());
  CHECK(write_waiting(*peers.client, "hi"));
  CHECK(read_exactly(*peers.server, 2) == "hi");
}

TEST_CASE("a missing client certificate fails before any byte is given out, and both ends say why") {
  const TlsFiles files;
  TlsServerOptions server = files.server();
  server.ca_file = files.ca();
  TlsPeers peers(files.client(), server);
  CHECK_FALSE(peers.shake_hands());
  mentions(peers.server->status(), "it showed no certificate");
  char byte;
  CHECK(peers.server->read_some(&byte, 1).state == IoState::kFailed);
  CHECK(peers.client->read_some(&byte, 1).state == IoState::kFailed);
  mentions(peers.client->status(), "requires a client certificate");
}

TEST_CASE("client certificates of a stranger or for servers only are refused") {
  const TlsFiles files, strangers("Strangers");
  TlsServerOptions server = files.server();
  server.ca_file = files.ca();
  TlsClientOptions options = strangers.client_with_certificate();
  options.ca_file = files.ca();
  TlsPeers peers(options, server);
  CHECK_FALSE(peers.shake_hands());
  mentions(peers.server->status(), "its certificate is of an unknown authority");
  TlsPeers wrong_use(files.client_with_certificate("serverAuth"), server);
  CHECK_FALSE(wrong_use.shake_hands());
  mentions(wrong_use.server->status(), "not meant for this purpose");
}

TEST_CASE("a plain-text server is named as such") {
  const TlsFiles files;
  for (const std::string& bytes : {std::string("HTTP/1.1 400 Bad Request\r\n\r\n"), std::string(64, '\0')}) {
    LoneClient lone(files);
    REQUIRE(lone.peer->write_some(bytes.data(), bytes.size()).size == bytes.size());
    CHECK(lone.client->handshake().state == IoState::kFailed);
    mentions(lone.client->status(), "the peer does not speak TLS: its first byte is 0x");
  }
}

TEST_CASE("a plain-text client is named as such") {
  const TlsFiles files;
  TlsContext context;
  REQUIRE(TlsContext::make_server(files.server(), &context).ok());
  SocketPair pair;
  std::unique_ptr<TlsStream> server;
  REQUIRE(tls_server_stream(std::move(pair.right), context, &server).ok());
  const std::string frame("\0\0\0\x1f{\"c\":\"logon\"}", 17);
  REQUIRE(pair.left->write_some(frame.data(), frame.size()).size == frame.size());
  char byte;
  CHECK(server->read_some(&byte, 1).state == IoState::kFailed);
  mentions(server->status(), "TLS with a client failed: the peer does not speak TLS: its first byte is 0x00");
}

TEST_CASE("a peer that closes during the handshake is a failure") {
  const TlsFiles files;
  LoneClient lone(files);
  lone.peer.reset();
  CHECK(lone.client->handshake().state == IoState::kFailed);
  mentions(lone.client->status(), "during the handshake");
}

TEST_CASE("an end without closing notice is a failure, one with it is a close") {
  const TlsFiles files;
  for (const bool in_order : {true, false}) {
    TlsPeers peers(files.client(), files.server());
    REQUIRE(peers.shake_hands());
    CHECK(write_waiting(*peers.server, "half"));
    if (in_order) peers.server->shutdown();
    peers.server.reset();
    std::string all;
    CHECK(read_to_end(*peers.client, &all) == (in_order ? IoState::kClosed : IoState::kFailed));
    CHECK(all == "half");
    if (in_order) continue;
    mentions(peers.client->status(), "without the peer's closing notice");
    CHECK(peers.client->status().code() == AMPS_E_CONNECTION);
  }
}

TEST_CASE("after our own shutdown a reader sees a close") {
  const TlsFiles files;
  TlsPeers peers(files.client(), files.server());
  REQUIRE(peers.shake_hands());
  peers.client->shutdown();
  std::string all;
  CHECK(read_to_end(*peers.client, &all) == IoState::kClosed);
}

TEST_CASE("a changed byte on the way is a failure") {
  const TlsFiles files;
  TlsPeers peers(files.client(), files.server());
  REQUIRE(peers.shake_hands());
  const std::string record("\x17\x03\x03\x00\x20", 5);
  REQUIRE(::send(peers.server->fd(), (record + std::string(32, 'x')).data(), 37, 0) == 37);
  std::string all;
  CHECK(read_to_end(*peers.client, &all) == IoState::kFailed);
  CHECK(all.empty());
  CHECK(peers.client->status().code() == AMPS_E_SSL);
}

TEST_CASE("buffered input is announced while a record is not read out") {
  const TlsFiles files;
  TlsPeers peers(files.client(), files.server());
  REQUIRE(peers.shake_hands());
  CHECK(write_waiting(*peers.server, "abc"));
  CHECK(read_exactly(*peers.client, 1) == "a");
  CHECK(peers.client->has_buffered_input());
  CHECK(read_exactly(*peers.client, 2) == "bc");
  CHECK_FALSE(peers.client->has_buffered_input());
}

TEST_CASE("a reader and a writer are two threads on both ends") {
  const TlsFiles files;
  TlsPeers peers(files.client(), files.server());
  REQUIRE(peers.shake_hands());
  const std::string sent(3'000'000, 'x');
  std::string at_server, at_client;
  std::thread server_reader([&] { at_server = read_exactly(*peers.server, sent.size()); });
  std::thread server_writer([&] { CHECK(write_waiting(*peers.server, sent)); });
  std::thread client_reader([&] { at_client = read_exactly(*peers.client, sent.size()); });
  CHECK(write_waiting(*peers.client, sent));
  server_reader.join();
  server_writer.join();
  client_reader.join();
  CHECK(at_server == sent);
  CHECK(at_client == sent);
}

TEST_CASE("a shutdown from a third thread ends reader and writer") {
  const TlsFiles files;
  TlsPeers peers(files.client(), files.server());
  REQUIRE(peers.shake_hands());
  std::string got;
  std::thread reader([&] { read_to_end(*peers.client, &got); });
  std::thread writer([&] {
    while (write_waiting(*peers.client, std::string(100'000, 'x'))) {
    }
  });
  peers.client->shutdown();
  reader.join();
  writer.join();
  CHECK(got.empty());
}

}  // namespace amps::net
