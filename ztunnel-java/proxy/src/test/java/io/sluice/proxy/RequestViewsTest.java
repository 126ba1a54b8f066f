package io.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.mesh.RouteTable;
import io.sluice.mesh.RouteTables;
import io.sluice.mesh.service.Endpoint;
import io.sluice.mesh.workload.Workload;
import io.sluice.proxy.http.head.BadMessageException;
import io.sluice.proxy.http.head.HeadParser;
import io.sluice.proxy.http.head.RequestHead;
import io.sluice.proxy.intercept.Direction;
import io.sluice.proxy.intercept.InterceptedConnection;
import io.sluice.proxy.intercept.PodContext;
import io.sluice.proxy.route.RequestView;
import io.sluice.proxy.telemetry.Edge;
import io.sluice.proxy.telemetry.Reporter;
import io.sluice.proxy.testkit.LoopbackDoors;
import io.sluice.proxy.testkit.QuietTelemetry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What routing and telemetry are told of a connection and its requests. */
class RequestViewsTest {
  private static final InetSocketAddress SERVER =
      new InetSocketAddress(InetAddress.ofLiteral("10.0.0.3"), 8080);
  private static final InetSocketAddress CLIENT =
      new InetSocketAddress(InetAddress.ofLiteral("10.0.0.9"), 40_000);

  private final PodContext pod = LoopbackDoors.pod("web");
  private final Workload other = LoopbackDoors.workload("shop", "other", Map.of());

  private static RequestHead request(String method, String target, String host) {
    String text = method + " " + target + " HTTP/1.1\r\nHost: " + host;
    ByteBuf bytes =
        Unpooled.copiedBuffer(text + "\r\nX-A: 1\r\nx-a: 2\r\n\r\n", StandardCharsets.US_ASCII);
    HeadParser<RequestHead> parser = new HeadParser<>(new RequestHead(), 1024, 1024);
    try {
      assertThat(parser.parse(bytes)).isTrue();
    } catch (BadMessageException e) {
      throw new AssertionError(text, e);
    }
    return parser.head();
  }

  @Test
  void thePathAndTheAuthorityOfEachFormOfTarget() {
    assertThat(RequestViews.path(request("GET", "/a/b?c#d", "h"))).isEqualTo("/a/b");
    assertThat(RequestViews.path(request("GET", "/a#b?c", "h"))).isEqualTo("/a");
    assertThat(RequestViews.path(request("GET", "http://x:81/a?b", "h"))).isEqualTo("/a");
    assertThat(RequestViews.path(request("GET", "http://x?b", "h"))).isEqualTo("/");
    assertThat(RequestViews.path(request("OPTIONS", "*", "h"))).isEqualTo("*");
    assertThat(RequestViews.path(request("CONNECT", "x:443", "h"))).isEqualTo("x:443");
    assertThat(RequestViews.path(request("GET", "/a?u=http://b/c", "h"))).isEqualTo("/a");
    assertThat(RequestViews.authority(request("GET", "http://x:81/a", "h"))).isEqualTo("x:81");
    assertThat(RequestViews.authority(request("GET", "/a?u=http://b/c", "h:1"))).isEqualTo("h:1");
  }

  @Test
  void linesOfOneHeaderAreJoined() {
    RequestView view = RequestViews.of(request("GET", "/", "h"), connection(Direction.OUTBOUND));
    assertThat(view.headers().value("x-a")).contains("1,2");
    assertThat(view.headers().value("x-b")).isEmpty();
    assertThat(view.clientNamespace()).isEqualTo(pod.workload().namespace());
  }

  @Test
  void theCallersSideNamesTheWorkloadBehindTheEndpoint() {
    QuietTelemetry telemetry = new QuietTelemetry();
    ConnectionEdges edges =
        new ConnectionEdges(telemetry, tables(SERVER), connection(Direction.OUTBOUND));
    edges.tcp(Optional.empty(), Optional.of(new Endpoint(SERVER, Optional.empty()))).opened();
    edges.tcp(Optional.empty(), Optional.empty()).opened();
    assertThat(telemetry.opened())
        .containsExactly(
            new Edge(
                Reporter.SOURCE, Optional.of(pod.workload()), Optional.of(other), Optional.empty()),
            new Edge(
                Reporter.SOURCE, Optional.of(pod.workload()), Optional.empty(), Optional.empty()));
  }

  @Test
  void theCalledSideNamesTheWorkloadBehindTheClientsAddress() {
    QuietTelemetry telemetry = new QuietTelemetry();
    ConnectionEdges edges =
        new ConnectionEdges(telemetry, tables(CLIENT), connection(Direction.INBOUND));
    edges.tcp(Optional.of(ProxyRig.REVIEWS), Optional.empty()).opened();
    assertThat(telemetry.opened())
        .containsExactly(
            new Edge(
                Reporter.DESTINATION,
                Optional.of(other),
                Optional.of(pod.workload()),
                Optional.of(ProxyRig.REVIEWS)));
  }

  @Test
  void requestIdsAreVersion4() {
    Random random = new Random(3);
    RequestIds ids = new RequestIds(() -> random);
    assertThat(ids.get())
        .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    assertThat(ids.get()).isNotEqualTo(ids.get());
  }

  private RouteTables tables(InetSocketAddress known) {
    RouteTables tables = new RouteTables();
    tables.publish(
        new RouteTable(1, Map.of(), Map.of(known.getAddress(), other), Map.of(), Map.of()));
    return tables;
  }

  private InterceptedConnection connection(Direction direction) {
    return new InterceptedConnection(direction, pod, SERVER, CLIENT);
  }
}
