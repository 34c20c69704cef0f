// SPDX-License-Identifier: Apache-2.0
#include "net/connector.h"

#include <utility>

#include "net/client_socket.h"

namespace amps::net {

Status connect(const Uri& uri, const ConnectOptions& options, std::unique_ptr<ByteStream>* out) {
  std::unique_ptr<SocketStream> socket;
  AMPS_RETURN_IF_ERROR(open_client_socket(uri, options, &socket));
  if (uri.scheme == Scheme::kTcps || uri.http_preflight || uri.compression) {
    return {AMPS_E_TRANSPORT_OPTIONS, "this build opens plain connections only"};
  }
  *out = std::move(socket);
  return {};
}

}  // namespace amps::net
