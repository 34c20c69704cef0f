// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml.h"

namespace amps::broker {

const char* sample_configuration() noexcept {
  // flat: a text.
  return R"(<AMPSConfig>
  <!-- Appears in statistics, logs and names of files. -->
  <Name>sample</Name>

  <!-- Bytes waiting for all clients; the one with most is disconnected when there are more. -->
  <MessageMemoryLimit>1GB</MessageMemoryLimit>
  <!-- Bytes waiting for one client: a size, or a share of the limit above. -->
  <ClientMaxCapacity>25%</ClientMaxCapacity>
  <!-- How long a byte may wait for a client that does not read; 0: as long as there is room. -->
  <ClientMessageAgeLimit>0</ClientMessageAgeLimit>
  <!-- Topics of subscriptions may be regular expressions. -->
  <RegexTopicSupport>true</RegexTopicSupport>

  <Transports>
    <!-- Any message type, on loopback only: addresses beyond need authentication, or AllowAnonymous. -->
    <Transport>
      <Name>any-tcp</Name>
      <Type>tcp</Type>
      <InetAddr>127.0.0.1:9007</InetAddr>
      <Protocol>amps</Protocol>
    </Transport>
    <!-- With TLS:
    <Transport>
      <Name>json-tcps</Name>
      <Type>tcps</Type>
      <InetAddr>127.0.0.1:9443</InetAddr>
      <MessageType>json</MessageType>
      <Certificate>${TLS}/server.pem</Certificate>
      <PrivateKey>${TLS}/server.key</PrivateKey>
    </Transport>
    -->
  </Transports>

  <!-- The latest message of each key, for queries. -->
  <SOW>
    <Topic>
      <Name>orders</Name>
      <MessageType>json</MessageType>
      <Key>/id</Key>
      <Durability>transient</Durability>
    </Topic>
  </SOW>
</AMPSConfig>
)";
}

}  // namespace amps::broker
