package io.sluice.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeadsTest {
  private static final String PROTO = "x-forwarded-proto: http";
  private static final String ID = "x-request-id: id";
  private static final InetSocketAddress V6 =
      new InetSocketAddress(InetAddress.ofLiteral("fd00::1"), 8080);

  private static HttpRequest request(String... namesAndValues) {
    HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
    fill(request.headers(), namesAndValues);
    return request;
  }

  private static HttpResponse response(int status, String... namesAndValues) {
    HttpResponse response =
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
    fill(response.headers(), namesAndValues);
    return response;
  }

  private static void fill(HttpHeaders headers, String... namesAndValues) {
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.add(namesAndValues[i], namesAndValues[i + 1]);
    }
  }

  private static List<String> forwarded(HttpRequest request) {
    Heads.forward(request, V6, () -> "id");
    return lines(request.headers());
  }

  private static List<String> lines(HttpHeaders headers) {
    return headers.entries().stream().map(each -> each.getKey() + ": " + each.getValue()).toList();
  }

  @Test
  void whatConnectionListsGoesButNeverWhatFramesOrRoutesTheMessage() {
    assertThat(
            forwarded(
                request(
                    "Host",
                    "a",
                    "Content-Length",
                    "3",
                    "X-Hop",
                    "1",
                    "Other",
                    "2",
                    "Connection",
                    "x-hop , content-length,,",
                    "connection",
                    "host, close",
                    "Keep-Alive",
                    "1",
                    "Proxy-Connection",
                    "x")))
        .containsExactly("Host: a", "Content-Length: 3", "Other: 2", PROTO, ID);
  }

  @Test
  void aMissingHostIsTheOriginalDestination() {
    HttpRequest request = request();
    request.setProtocolVersion(HttpVersion.HTTP_1_0);
    assertThat(forwarded(request))
        .startsWith("host: [" + V6.getAddress().getHostAddress() + "]:8080");
    assertThat(request.protocolVersion()).isEqualTo(HttpVersion.HTTP_1_1);
  }

  @Test
  void ofTeOnlyTrailersIsPassedOn() {
    assertThat(forwarded(request("Host", "a", "TE", "trailers, deflate;q=0.5", "Connection", "TE")))
        .containsExactly("Host: a", "te: trailers", "connection: TE", PROTO, ID);
    assertThat(forwarded(request("Host", "a", "TE", "deflate")))
        .containsExactly("Host: a", PROTO, ID);
  }

  @Test
  void anUpgradeNeedsBothHeadersAndHttp11() {
    assertThat(
            Heads.wantsUpgrade(
                request("Upgrade", "websocket", "Connection", "keep-alive, Upgrade")))
        .isTrue();
    assertThat(Heads.wantsUpgrade(request("Upgrade", "websocket"))).isFalse();
    assertThat(Heads.wantsUpgrade(request("Connection", "upgrade"))).isFalse();
    assertThat(Heads.wantsUpgrade(request("Upgrade", "h2c", "Connection", "upgrade"))).isFalse();
    HttpRequest old = request("Upgrade", "websocket", "Connection", "upgrade");
    old.setProtocolVersion(HttpVersion.HTTP_1_0);
    assertThat(Heads.wantsUpgrade(old)).isFalse();
  }

  @Test
  void aResponseWithoutLengthIsChunkedOrEndsTheConnection() {
    HttpResponse modern = response(200);
    assertThat(Heads.forwardFinal(modern, HttpMethod.GET, false, true)).isTrue();
    assertThat(lines(modern.headers())).containsExactly("transfer-encoding: chunked");
    HttpResponse old = response(200, "Transfer-Encoding", "chunked");
    assertThat(Heads.forwardFinal(old, HttpMethod.GET, true, true)).isFalse();
    assertThat(lines(old.headers())).containsExactly("connection: close");
  }

  @Test
  void bodilessResponsesGetNoFraming() {
    for (int status : new int[] {204, 304}) {
      HttpResponse response = response(status);
      assertThat(Heads.forwardFinal(response, HttpMethod.GET, false, true)).isTrue();
      assertThat(response.headers().isEmpty()).isTrue();
      assertThat(Heads.hasBody(response, HttpMethod.GET)).isFalse();
    }
    HttpResponse head = response(200, "Content-Length", "7");
    assertThat(Heads.forwardFinal(head, HttpMethod.HEAD, true, false)).isFalse();
    assertThat(lines(head.headers())).containsExactly("Content-Length: 7", "connection: close");
    assertThat(Heads.hasBody(head, HttpMethod.HEAD)).isFalse();
  }

  @Test
  void onlyASwitchOrAConnectThatWorksOpensATunnel() {
    assertThat(Heads.opensTunnel(HttpMethod.GET, 101)).isTrue();
    assertThat(Heads.opensTunnel(HttpMethod.CONNECT, 204)).isTrue();
    assertThat(Heads.opensTunnel(HttpMethod.CONNECT, 407)).isFalse();
    assertThat(Heads.opensTunnel(HttpMethod.GET, 200)).isFalse();
  }
}
