package io.sluice.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mesh.RouteTable;
import io.sluice.mesh.http.HeaderMatch;
import io.sluice.mesh.http.HostRules;
import io.sluice.mesh.http.HttpAction;
import io.sluice.mesh.http.HttpMatch;
import io.sluice.mesh.http.HttpRoute;
import io.sluice.mesh.http.StringMatch;
import io.sluice.mesh.problem.ResourceRef;
import io.sluice.mesh.service.AddressBlock;
import io.sluice.mesh.service.AppProtocol;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.ClusterId;
import io.sluice.mesh.service.Discovery;
import io.sluice.mesh.service.LoadBalancer;
import io.sluice.mesh.service.ServiceBlocks;
import io.sluice.mesh.service.ServiceId;
import io.sluice.mesh.service.ServicePort;
import io.sluice.mesh.service.TrafficSplit;
import io.sluice.mesh.service.TrafficSplit.Weighted;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OutboundRouterTest {
  private static final InetSocketAddress CLUSTER_IP = at("10.96.0.7");
  private static final InetSocketAddress ELSEWHERE = at("93.184.216.34");
  private static final ServicePort WEB = servicePort("web");
  private static final ServicePort API = servicePort("api");

  private static InetSocketAddress at(String address) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), 80);
  }

  private static ServicePort servicePort(String name) {
    ServiceId id = new ServiceId(name + ".shop.svc.cluster.local", name, "shop");
    return new ServicePort(id, 80, AppProtocol.HTTP, cluster(id, ""));
  }

  private static Cluster cluster(ServiceId id, String subset) {
    return new Cluster(
        new ClusterId(id.host(), 80, subset),
        id,
        new Discovery.Listed(List.of()),
        LoadBalancer.LEAST_REQUEST,
        Duration.ofSeconds(10),
        Optional.empty());
  }

  private static HttpRoute route(String name, HttpAction action, HttpMatch... matches) {
    return new HttpRoute(
        name,
        new ResourceRef("VirtualService", "shop", "v"),
        List.of(matches),
        action,
        Optional.empty(),
        Optional.empty());
  }

  private static RouteTable table(ServicePort service, HostRules.Scope... scopes) {
    String name = service.service().name();
    HostRules rules =
        new HostRules(service.service().host(), List.of(scopes), Optional.of(service));
    return new RouteTable(
        1,
        Map.of(CLUSTER_IP, service),
        Map.of(),
        Map.of(),
        Map.of(80, Map.of(service.service().host(), rules, name + ".shop", rules)));
  }

  private static RequestView request(InetSocketAddress to, String authority) {
    return new RequestView(
        "GET", "/Path", authority, headers(Map.of()), "shop", Map.of("app", "caller"), to);
  }

  private static RequestView.Headers headers(Map<String, String> headers) {
    return name -> Optional.ofNullable(headers.get(name));
  }

  private static RouteDecision decide(RouteTable table, RequestView request) {
    return OutboundRouter.route(table, request, new Random(1));
  }

  @Test
  void aServiceWithoutRulesIsItsCluster() {
    for (String host :
        List.of("web", "web.shop", "WEB.shop:80", "web.shop.svc.cluster.local.", "")) {
      assertThat(decide(table(WEB), request(CLUSTER_IP, host)))
          .as(host)
          .isEqualTo(
              new RouteDecision.Forward(
                  WEB.cluster(), Optional.of(WEB.service()), Optional.empty()));
    }
  }

  @Test
  void anUnknownHostIsTheServiceOfTheBlockThatWasDialled() {
    HostRules rules =
        new HostRules(
            WEB.service().host(),
            List.of(
                new HostRules.Scope(
                    Set.of(), List.of(route("r", HttpAction.Forward.to(API.cluster()))))),
            Optional.of(WEB));
    ServiceBlocks blocks =
        ServiceBlocks.of(Map.of(new AddressBlock(InetAddress.ofLiteral("10.96.0.0"), 16), WEB));
    RouteTable table =
        new RouteTable(
            1,
            Map.of(at("10.96.0.8"), API),
            Map.of(80, blocks),
            Map.of(),
            Map.of(),
            Map.of(80, Map.of(WEB.service().host(), rules)),
            Map.of());

    assertThat(decide(table, request(at("10.96.0.9"), "unknown.example.com")).service())
        .as("by the route of the block's host")
        .contains(API.service());
    assertThat(decide(table, request(at("10.96.0.8"), "unknown.example.com")))
        .as("an exact address comes first")
        .isEqualTo(
            new RouteDecision.Forward(API.cluster(), Optional.of(API.service()), Optional.empty()));
    assertThat(decide(table, request(at("10.97.0.9"), "unknown.example.com")).service()).isEmpty();
  }

  @Test
  void theHostChoosesWhateverAddressWasDialled() {
    assertThat(decide(table(WEB), request(ELSEWHERE, "web")).service()).contains(WEB.service());
  }

  @Test
  void anUnknownHostGoesWhereTheAppDialledByThatServicesRules() {
    HttpRoute all = route("all", HttpAction.Forward.to(API.cluster()));
    RouteTable table = table(WEB, new HostRules.Scope(Set.of(), List.of(all)));
    assertThat(decide(table, request(CLUSTER_IP, "unknown.example")))
        .isEqualTo(
            new RouteDecision.Forward(API.cluster(), Optional.of(API.service()), Optional.of(all)));
  }

  @Test
  void whatTheMeshDoesNotKnowPassesThroughToTheOriginalDestination() {
    assertThat(decide(table(WEB), request(ELSEWHERE, "unknown.example")))
        .isEqualTo(
            new RouteDecision.Forward(
                WellKnownClusters.PASSTHROUGH, Optional.empty(), Optional.empty()));
  }

  @Test
  void theFirstRuleThatMatchesWins() {
    HttpRoute first =
        route(
            "first",
            HttpAction.Forward.to(API.cluster()),
            path(new StringMatch.Prefix("/P"), false));
    HttpRoute second = route("second", HttpAction.Forward.to(WEB.cluster()));
    RouteTable table = table(WEB, new HostRules.Scope(Set.of(), List.of(first, second)));
    assertThat(decide(table, request(CLUSTER_IP, "web")).route()).contains(first);
  }

  @Test
  void aHostWithRulesOfWhichNoneMatchesHasNoRoute() {
    HttpRoute other =
        route("x", HttpAction.Forward.to(API.cluster()), path(new StringMatch.Exact("/x"), false));
    RouteTable table = table(WEB, new HostRules.Scope(Set.of(), List.of(other)));
    assertThat(decide(table, request(CLUSTER_IP, "Web:80")))
        .isEqualTo(new RouteDecision.NoRoute("web", Optional.of(WEB.service())));
  }

  @Test
  void aHostWhoseRulesAreAllForOtherCallersHasNoneForThisOne() {
    HttpMatch others = match(Map.of("app", "other"), Optional.empty());
    HttpMatch elsewhere = match(Map.of(), Optional.of("elsewhere"));
    HttpAction refuse = new HttpAction.Respond(503, "");
    HttpRoute forOthers = route("others", refuse, others, elsewhere);

    assertThat(
            decide(
                table(WEB, new HostRules.Scope(Set.of(), List.of(forOthers))),
                request(CLUSTER_IP, "web")))
        .isEqualTo(
            new RouteDecision.Forward(WEB.cluster(), Optional.of(WEB.service()), Optional.empty()));

    HttpRoute forThis = route("posts", refuse, match(Map.of("app", "caller"), Optional.empty()));
    assertThat(
            decide(
                table(WEB, new HostRules.Scope(Set.of(), List.of(forOthers, posts(forThis)))),
                request(CLUSTER_IP, "web")))
        .isEqualTo(new RouteDecision.NoRoute("web", Optional.of(WEB.service())));
  }

  /** The same rule, for a method that no request here has. */
  private static HttpRoute posts(HttpRoute route) {
    HttpMatch first = route.matches().getFirst();
    return route(
        route.name(),
        route.action(),
        new HttpMatch(
            first.uri(),
            false,
            Optional.of(new StringMatch.Exact("POST")),
            first.authority(),
            first.headers(),
            first.withoutHeaders(),
            first.port(),
            first.sourceLabels(),
            first.sourceNamespace()));
  }

  private static HttpMatch match(Map<String, String> labels, Optional<String> namespace) {
    return new HttpMatch(
        Optional.empty(),
        false,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        List.of(),
        OptionalInt.empty(),
        labels,
        namespace);
  }

  @Test
  void rulesThatAreNotForTheClientsNamespaceDoNotBindIt() {
    HttpRoute all = route("all", HttpAction.Forward.to(API.cluster()));
    RouteTable table = table(WEB, new HostRules.Scope(Set.of("other"), List.of(all)));
    assertThat(decide(table, request(CLUSTER_IP, "web")).route()).isEmpty();
  }

  @Test
  void aRuleMayAnswerByItself() {
    HttpRoute broken = route("broken", new HttpAction.Respond(503, "no such subset"));
    RouteTable table = table(WEB, new HostRules.Scope(Set.of(), List.of(broken)));
    assertThat(decide(table, request(CLUSTER_IP, "web")))
        .isEqualTo(
            new RouteDecision.Respond(
                503, "no such subset", Optional.of(WEB.service()), Optional.of(broken)));
  }

  @Test
  void weightsArePropositionsOfTheirSumAndZeroIsNever() {
    Cluster v1 = cluster(WEB.service(), "v1");
    Cluster v2 = cluster(WEB.service(), "v2");
    Cluster v3 = cluster(WEB.service(), "v3");
    HttpRoute split =
        route(
            "split",
            new HttpAction.Forward(
                new TrafficSplit(
                    List.of(new Weighted(v1, 1), new Weighted(v3, 0), new Weighted(v2, 3)))));
    RouteTable table = table(WEB, new HostRules.Scope(Set.of(), List.of(split)));
    Random random = new Random(42);
    int first = 0;
    for (int i = 0; i < 10_000; i++) {
      RouteDecision decision = OutboundRouter.route(table, request(CLUSTER_IP, "web"), random);
      Cluster chosen = ((RouteDecision.Forward) decision).cluster();
      assertThat(chosen).isIn(v1, v2);
      first += chosen.equals(v1) ? 1 : 0;
    }
    assertThat(first).isBetween(2_300, 2_700);
  }

  @Test
  void allPartsOfAMatchMustHold() {
    RequestView request =
        new RequestView(
            "POST",
            "/a/b",
            "Web:80",
            headers(Map.of("x-user", "ann", "x-b", "1,2")),
            "shop",
            Map.of("app", "caller", "version", "v1"),
            CLUSTER_IP);
    HttpMatch all =
        new HttpMatch(
            Optional.of(new StringMatch.Prefix("/a")),
            false,
            Optional.of(new StringMatch.Exact("POST")),
            Optional.of(new StringMatch.Exact("Web:80")),
            List.of(
                new HeaderMatch("x-user", new StringMatch.Present()),
                new HeaderMatch("x-b", new StringMatch.Exact("1,2"))),
            List.of(new HeaderMatch("x-absent", new StringMatch.Present())),
            OptionalInt.of(80),
            Map.of("app", "caller"),
            Optional.of("shop"));
    assertThat(Matching.matches(HttpMatch.ANY, request)).isTrue();
    assertThat(Matching.matches(all, request)).isTrue();
    assertThat(Matching.matches(with(all, "method"), request)).isFalse();
    assertThat(Matching.matches(with(all, "authority"), request)).isFalse();
    assertThat(Matching.matches(with(all, "headers"), request)).isFalse();
    assertThat(Matching.matches(with(all, "without"), request)).isFalse();
    assertThat(Matching.matches(with(all, "port"), request)).isFalse();
    assertThat(Matching.matches(with(all, "labels"), request)).isFalse();
    assertThat(Matching.matches(with(all, "namespace"), request)).isFalse();
    assertThat(Matching.matches(with(all, "uri"), request)).isFalse();
  }

  /** The same match with one part that does not hold. */
  private static HttpMatch with(HttpMatch match, String wrong) {
    Optional<StringMatch> never = Optional.of(new StringMatch.Exact("never"));
    HeaderMatch absent = new HeaderMatch("x-absent", new StringMatch.Present());
    HeaderMatch present = new HeaderMatch("x-user", new StringMatch.Exact("ann"));
    return new HttpMatch(
        wrong.equals("uri") ? never : match.uri(),
        false,
        wrong.equals("method") ? Optional.of(new StringMatch.Exact("post")) : match.method(),
        wrong.equals("authority") ? Optional.of(new StringMatch.Exact("web")) : match.authority(),
        wrong.equals("headers") ? List.of(absent) : match.headers(),
        wrong.equals("without") ? List.of(present) : match.withoutHeaders(),
        wrong.equals("port") ? OptionalInt.of(81) : match.port(),
        wrong.equals("labels") ? Map.of("app", "other") : match.sourceLabels(),
        wrong.equals("namespace") ? Optional.of("other") : match.sourceNamespace());
  }

  private static HttpMatch path(StringMatch uri, boolean ignoreCase) {
    return new HttpMatch(
        Optional.of(uri),
        ignoreCase,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        List.of(),
        OptionalInt.empty(),
        Map.of(),
        Optional.empty());
  }

  @Test
  void caseIsFoldedForExactAndPrefixOnly() {
    RequestView request = request(CLUSTER_IP, "web");
    assertThat(Matching.matches(path(new StringMatch.Exact("/pATH"), true), request)).isTrue();
    assertThat(Matching.matches(path(new StringMatch.Exact("/pATH"), false), request)).isFalse();
    assertThat(Matching.matches(path(new StringMatch.Prefix("/pA"), true), request)).isTrue();
    assertThat(Matching.matches(path(new StringMatch.Prefix("/pA"), false), request)).isFalse();
    assertThat(Matching.matches(path(new StringMatch.Prefix("/path/longer"), true), request))
        .isFalse();
    assertThat(Matching.matches(path(new StringMatch.Regex("/p", "/path"::equals), true), request))
        .isFalse();
  }

  @Test
  void oneOfSeveralMatchesIsEnough() {
    HttpRoute route =
        route(
            "r",
            HttpAction.Forward.to(API.cluster()),
            path(new StringMatch.Exact("/x"), false),
            path(new StringMatch.Exact("/Path"), false));
    assertThat(Matching.matches(route, request(CLUSTER_IP, "web"))).isTrue();
  }

  @Test
  void hostsAreTakenFromWhateverAClientMaySend() {
    Map<String, String> hosts =
        Map.of(
            "Web.Shop",
            "web.shop",
            "web.:80",
            "web",
            "[::1]:80",
            "::1",
            "[::1",
            "[::1",
            "::1",
            "::1",
            "1.2.3.4:5",
            "1.2.3.4",
            "",
            "",
            ":80",
            "",
            " web ",
            "web");
    hosts.forEach(
        (authority, host) -> assertThat(HostName.of(authority)).as(authority).isEqualTo(host));
  }

  @Test
  void inboundGoesToTheAppItselfAndNamesTheServiceOfTheHost() {
    InetSocketAddress podPort = at("10.0.0.3");
    RouteTable table =
        new RouteTable(1, Map.of(), Map.of(), Map.of(podPort, List.of(API, WEB)), Map.of());
    for (String host :
        List.of("web", "web.shop", "web.shop.svc", "WEB.shop.svc.cluster.local:80")) {
      assertThat(InboundRouter.route(table, podPort, host))
          .as(host)
          .isEqualTo(
              new RouteDecision.Forward(
                  WellKnownClusters.INBOUND, Optional.of(WEB.service()), Optional.empty()));
    }
    for (String host : List.of("", "we", "other", "web.shop.sv")) {
      assertThat(InboundRouter.route(table, podPort, host).service())
          .as(host)
          .contains(API.service());
    }
    assertThat(InboundRouter.route(table, at("10.0.0.4"), "web").service()).isEmpty();
  }

  @Test
  void bytesGoToTheServiceThatWasDialledElseWhereTheyWereMeantTo() {
    RouteTable table = table(WEB);
    assertThat(TcpRouter.outbound(table, opaque(CLUSTER_IP), new Random(1)).cluster())
        .isEqualTo(WEB.cluster());
    assertThat(TcpRouter.outbound(table, opaque(ELSEWHERE), new Random(1)).cluster())
        .isEqualTo(WellKnownClusters.PASSTHROUGH);
    assertThat(TcpRouter.declaredOutbound(table, CLUSTER_IP)).isEqualTo(AppProtocol.HTTP);
    assertThat(TcpRouter.declaredOutbound(table, ELSEWHERE)).isEqualTo(AppProtocol.UNDECLARED);
  }

  private static ConnectionView opaque(InetSocketAddress originalDestination) {
    return new ConnectionView(
        originalDestination, Optional.empty(), Optional.empty(), "shop", Map.of());
  }
}
