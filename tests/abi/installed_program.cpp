// SPDX-License-Identifier: Apache-2.0
// A C++ program that knows only the installed headers and library: it subscribes, publishes, and
// waits for its own message. Usage: installed_program URI
#include <ampsplusplus.hpp>

#include <iostream>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    AMPS::Client client("installed-cpp");
    client.connect(argv[1]);
    client.logon(5000);
    AMPS::MessageStream stream = client.subscribe("installed").timeout(5000);
    client.publish("installed", "from C++");
    for (AMPS::Message message : stream) {
      std::cout << (message.getData() == "from C++" ? "ok" : "another message came") << std::endl;
      return message.isValid() ? 0 : 4;
    }
  } catch (const AMPS::Exception& e) {
    std::cerr << e.what() << std::endl;
  }
  return 1;
}
