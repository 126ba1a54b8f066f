package io.sluice.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.proxy.http.head.BadMessageException;
import io.sluice.proxy.http.head.Head;
import io.sluice.proxy.http.head.HeadParser;
import io.sluice.proxy.http.head.RequestHead;
import io.sluice.proxy.http.head.ResponseHead;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HeadsTest {
  private static final String PROTO = "x-forwarded-proto: http";
  private static final String ID = "x-request-id: id";
  private static final InetSocketAddress V6 =
      new InetSocketAddress(InetAddress.ofLiteral("fd00::1"), 8080);

  private static RequestHead request(String... lines) {
    return requestOf("GET / HTTP/1.1", lines);
  }

  private static RequestHead requestOf(String start, String... lines) {
    return parsed(new RequestHead(), start, lines);
  }

  private static ResponseHead response(int status, String... lines) {
    return parsed(new ResponseHead(), "HTTP/1.1 " + status + " X", lines);
  }

  private static <H extends Head> H parsed(H head, String start, String... lines) {
    String all = start + "\r\n" + String.join("\r\n", lines) + (lines.length == 0 ? "" : "\r\n");
    ByteBuf bytes = Unpooled.copiedBuffer(all + "\r\n", StandardCharsets.ISO_8859_1);
    try {
      assertThat(new HeadParser<>(head, 1024, 1024).parse(bytes)).isTrue();
      return head;
    } catch (BadMessageException e) {
      throw new AssertionError(all, e);
    }
  }

  private static String[] forwarded(RequestHead request) {
    ByteBuf out = Unpooled.buffer();
    Heads.forward(request, V6, "id", out);
    return lines(out);
  }

  private static String[] forwarded(
      ResponseHead response, String method, boolean client10, boolean keep) {
    ByteBuf out = Unpooled.buffer();
    Heads.forwardFinal(response, Heads.framing(response, method, client10), client10, keep, out);
    return lines(out);
  }

  private static String[] lines(ByteBuf out) {
    String text = out.toString(StandardCharsets.ISO_8859_1);
    assertThat(text).endsWith("\r\n\r\n");
    return text.split("\r\n");
  }

  @Test
  void whatConnectionListsGoesButNeverWhatFramesOrRoutesTheMessage() {
    assertThat(
            forwarded(
                request(
                    "Host: a",
                    "Content-Length: 3",
                    "X-Hop: 1",
                    "Other: 2",
                    "Connection: x-hop , content-length,,",
                    "connection: host, close",
                    "Keep-Alive: 1",
                    "Proxy-Connection: x")))
        .containsExactly("GET / HTTP/1.1", "Host: a", "Content-Length: 3", "Other: 2", PROTO, ID);
  }

  @Test
  void aMissingHostIsTheOriginalDestination() {
    assertThat(forwarded(requestOf("GET / HTTP/1.0")))
        .startsWith("GET / HTTP/1.1", "host: [" + V6.getAddress().getHostAddress() + "]:8080");
  }

  @Test
  void ofTeOnlyTrailersIsPassedOn() {
    assertThat(forwarded(request("Host: a", "TE: trailers, deflate;q=0.5", "Connection: TE")))
        .containsExactly("GET / HTTP/1.1", "Host: a", "te: trailers", "connection: TE", PROTO, ID);
    assertThat(forwarded(request("Host: a", "TE: deflate")))
        .containsExactly("GET / HTTP/1.1", "Host: a", PROTO, ID);
  }

  @Test
  void anUpgradeNeedsBothHeadersAndHttp11() {
    assertThat(
            request("Host: a", "Upgrade: websocket", "Connection: keep-alive, Upgrade")
                .wantsUpgrade())
        .isTrue();
    assertThat(request("Host: a", "Upgrade: websocket").wantsUpgrade()).isFalse();
    assertThat(request("Host: a", "Connection: upgrade").wantsUpgrade()).isFalse();
    assertThat(request("Host: a", "Upgrade: h2c", "Connection: upgrade").wantsUpgrade()).isFalse();
    assertThat(
            requestOf("GET / HTTP/1.0", "Upgrade: websocket", "Connection: upgrade").wantsUpgrade())
        .isFalse();
  }

  @Test
  void aResponseWithoutLengthIsChunkedOrEndsTheConnection() {
    assertThat(forwarded(response(200), "GET", false, true))
        .containsExactly("HTTP/1.1 200 X", "transfer-encoding: chunked");
    ResponseHead chunked = response(200, "Transfer-Encoding: chunked");
    assertThat(Heads.framing(chunked, "GET", true)).isEqualTo(Heads.Framing.DROP_CHUNKS);
    assertThat(forwarded(chunked, "GET", true, false))
        .containsExactly("HTTP/1.1 200 X", "connection: close");
    assertThat(forwarded(chunked, "GET", false, true))
        .containsExactly("HTTP/1.1 200 X", "Transfer-Encoding: chunked");
  }

  @Test
  void bodilessResponsesGetNoFraming() {
    for (int status : new int[] {204, 304}) {
      ResponseHead response = response(status);
      assertThat(forwarded(response, "GET", false, true))
          .containsExactly("HTTP/1.1 " + status + " X");
      assertThat(Heads.hasBody(response, "GET")).isFalse();
    }
    ResponseHead head = response(200, "Content-Length: 7");
    assertThat(forwarded(head, "HEAD", true, false))
        .containsExactly("HTTP/1.1 200 X", "Content-Length: 7", "connection: close");
    assertThat(Heads.hasBody(head, "HEAD")).isFalse();
  }

  @Test
  void onlyASwitchOrAConnectThatWorksOpensATunnel() {
    assertThat(Heads.opensTunnel("GET", 101)).isTrue();
    assertThat(Heads.opensTunnel("CONNECT", 204)).isTrue();
    assertThat(Heads.opensTunnel("CONNECT", 407)).isFalse();
    assertThat(Heads.opensTunnel("GET", 200)).isFalse();
  }
}
