package io.sluice.proxy;

import static io.sluice.proxy.testkit.ScriptedServer.readHead;
import static io.sluice.proxy.testkit.ScriptedServer.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mesh.service.AppProtocol;
import io.sluice.mesh.service.UpstreamTls;
import io.sluice.proxy.testkit.LeakWatch;
import io.sluice.proxy.testkit.TlsServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Requests of small and large bodies to a server that wants TLS, on one kept connection. */
@ExtendWith(LeakWatch.class)
class HttpOverTlsTest {
  private static TlsServer echo() {
    return new TlsServer(
        TlsServer.certificate(TlsServer.authority("Authority"), names -> names),
        connection -> {
          while (true) {
            String head = readHead(connection.getInputStream());
            int length = Integer.parseInt(head.replaceAll("(?s).*Content-Length: (\\d+).*", "$1"));
            byte[] body = connection.getInputStream().readNBytes(length);
            write(
                connection.getOutputStream(),
                "HTTP/1.1 200 OK\r\nContent-Length: "
                    + length
                    + "\r\n\r\n"
                    + new String(body, StandardCharsets.ISO_8859_1));
          }
        });
  }

  @Test
  void headAndBodyArriveTogetherOrInParts() throws IOException {
    try (TlsServer server = echo();
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      rig.tls = Optional.of(new UpstreamTls("", List.of(), Optional.empty(), true));
      rig.declare(AppProtocol.HTTP);
      for (int length : new int[] {0, 1, 2_000, 2_100, 300_000, 5}) {
        String body = "x".repeat(length);
        client.say("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n" + body);
        assertThat(client.message())
            .isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n" + body);
      }
      assertThat(rig.finished(6)).allMatch(each -> each.code() == 200);
      assertThat(server.protocols()).hasSize(1);
    }
  }
}
