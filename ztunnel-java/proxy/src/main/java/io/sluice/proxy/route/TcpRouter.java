package io.sluice.proxy.route;

import io.sluice.mesh.RouteTable;
import io.sluice.mesh.service.AddressBlock;
import io.sluice.mesh.service.AppProtocol;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.ServiceId;
import io.sluice.mesh.service.ServicePort;
import io.sluice.mesh.tcp.TcpHosts;
import io.sluice.mesh.tcp.TcpRoute;
import io.sluice.mesh.tcp.TcpRules;
import io.sluice.mesh.tcp.TcpRules.Declared;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

/**
 * Routes connections that are not HTTP. In this order: the service whose address was dialled, the
 * ServiceEntry that the TLS server name means, the one behind whose DNS name the address stands,
 * the one with a route for the address's subnet; else the original destination.
 */
public final class TcpRouter {
  private final RouteTable table;
  private final ConnectionView connection;
  private final int port;

  private TcpRouter(RouteTable table, ConnectionView connection) {
    this.table = table;
    this.connection = connection;
    this.port = connection.originalDestination().getPort();
  }

  /**
   * Where an outbound connection goes.
   *
   * @param table in force
   * @param random for weights
   */
  public static TcpDecision outbound(
      RouteTable table, ConnectionView connection, RandomGenerator random) {
    return new TcpRouter(table, connection).outbound(random);
  }

  /**
   * The hosts of which one may be behind the address: to be resolved before {@link #outbound} where
   * neither the address nor a server name is known. Mostly empty, in order of precedence.
   */
  public static List<String> namedHosts(RouteTable table, ConnectionView connection) {
    Optional<TcpHosts> hosts = table.tcpHosts(connection.originalDestination().getPort());
    if (hosts.isEmpty() || hosts.get().named().isEmpty()) {
      return List.of();
    }
    TcpRouter router = new TcpRouter(table, connection);
    boolean known =
        table.serviceAt(connection.originalDestination()).isPresent()
            || table.workloadAt(connection.originalDestination().getAddress()).isPresent()
            || router.byServerName().filter(TcpRouter::meansEntry).isPresent();
    return known ? List.of() : hosts.get().named().stream().map(TcpRules::host).toList();
  }

  /** The called side: always the app's own port. */
  public static TcpDecision inbound(RouteTable table, InetSocketAddress podPort) {
    return new TcpDecision(
        WellKnownClusters.INBOUND, PodPorts.service(table, podPort, ""), Optional.empty());
  }

  /**
   * What the dialled service says that it speaks. ServiceEntries without addresses have no say: who
   * is behind the address is not known yet, and HTTP to somebody else must not become opaque.
   */
  public static AppProtocol declaredOutbound(
      RouteTable table, InetSocketAddress originalDestination) {
    Optional<ServicePort> service = table.serviceAt(originalDestination);
    return service.isPresent()
        ? service.get().protocol()
        : declaredInbound(table, originalDestination);
  }

  /** What the first service that leads to the pod's port says that it speaks. */
  public static AppProtocol declaredInbound(RouteTable table, InetSocketAddress podPort) {
    List<ServicePort> services = table.servicesOf(podPort);
    return services.isEmpty() ? AppProtocol.UNDECLARED : services.getFirst().protocol();
  }

  private TcpDecision outbound(RandomGenerator random) {
    Optional<ServicePort> dialled = table.serviceAt(connection.originalDestination());
    if (dialled.isPresent()) {
      return toDialled(dialled.get(), random);
    }
    return byServerName()
        .filter(TcpRouter::meansEntry)
        .flatMap(rules -> to(rules, port, random))
        .or(() -> byName().flatMap(rules -> to(rules, port, random)))
        .or(() -> bySubnet(random))
        .or(() -> strayByServerName().flatMap(rules -> to(rules, port, random)))
        .orElseGet(this::passthrough);
  }

  private TcpDecision toDialled(ServicePort dialled, RandomGenerator random) {
    // A headless service's port is not the one that was dialled, which is the pod's.
    int own = dialled.port();
    Optional<TcpRules> rules =
        table.tcpHost(connection.clientNamespace(), own, dialled.service().host());
    return sharing(own, rules)
        .or(() -> rules)
        .flatMap(found -> to(found, own, random))
        .orElseGet(() -> decision(dialled.cluster(), dialled.service(), Optional.empty()));
  }

  /**
   * Among several hosts with the address that was dialled, or with the same block around it, the
   * one that the server name means. A wider block is no match for a narrower one.
   *
   * @param dialled a headless service has no addresses, so whoever shares its pod's has it alone
   */
  private Optional<TcpRules> sharing(int own, Optional<TcpRules> dialled) {
    return connection
        .sni()
        .flatMap(sni -> table.tcpHost(connection.clientNamespace(), own, sni))
        .filter(named -> isHostOf(named, dialled) || isDialledAs(named, dialled));
  }

  /** By far the most often, and no list of addresses has to be searched for it. */
  private static boolean isHostOf(TcpRules named, Optional<TcpRules> dialled) {
    return dialled.map(TcpRules::host).filter(named.host()::equals).isPresent();
  }

  private boolean isDialledAs(TcpRules named, Optional<TcpRules> dialled) {
    InetAddress address = connection.originalDestination().getAddress();
    OptionalInt prefix =
        dialled
            .map(found -> found.prefixAt(address))
            .filter(OptionalInt::isPresent)
            .orElseGet(() -> OptionalInt.of(AddressBlock.single(address).prefixLength()));
    return named.prefixAt(address).equals(prefix);
  }

  private Optional<TcpRules> byServerName() {
    return connection
        .sni()
        .flatMap(sni -> table.tcpHost(connection.clientNamespace(), port, sni))
        .filter(TcpRules::isFoundByServerName);
  }

  private static boolean meansEntry(TcpRules rules) {
    return rules.declared() != Declared.SERVICE;
  }

  private Optional<TcpRules> byName() {
    return connection
        .named()
        .flatMap(name -> table.tcpHost(connection.clientNamespace(), port, name))
        .filter(TcpRules::named);
  }

  private Optional<TcpDecision> bySubnet(RandomGenerator random) {
    Optional<TcpHosts> hosts = table.tcpHosts(port);
    if (hosts.isEmpty()) {
      return Optional.empty();
    }
    for (TcpRules rules : hosts.get().withSubnets()) {
      Optional<TcpRoute> route =
          rules
              .scopeFor(connection.clientNamespace())
              .flatMap(scope -> TcpMatching.firstBySubnet(scope, connection, port));
      if (route.isPresent()) {
        return route.map(found -> along(found, random));
      }
    }
    return Optional.empty();
  }

  /** A Service that was called by its name at an address that nobody knows; pods are known. */
  private Optional<TcpRules> strayByServerName() {
    InetSocketAddress address = connection.originalDestination();
    boolean pod =
        table.workloadAt(address.getAddress()).isPresent() || !table.servicesOf(address).isEmpty();
    return pod ? Optional.empty() : byServerName();
  }

  /** By the host's routes, else to its own cluster; empty: neither is there for this client. */
  private Optional<TcpDecision> to(TcpRules rules, int own, RandomGenerator random) {
    Optional<TcpRoute> route =
        rules
            .scopeFor(connection.clientNamespace())
            .flatMap(scope -> TcpMatching.first(scope, connection, own));
    return route.isPresent()
        ? route.map(found -> along(found, random))
        : rules
            .ownCluster(connection.clientNamespace())
            .map(cluster -> decision(cluster, cluster.service(), Optional.empty()));
  }

  private TcpDecision along(TcpRoute route, RandomGenerator random) {
    Cluster cluster = route.split().pick(random);
    return decision(cluster, cluster.service(), Optional.of(route));
  }

  private TcpDecision decision(Cluster cluster, ServiceId service, Optional<TcpRoute> route) {
    return new TcpDecision(
        connection.encrypted() ? withoutTls(cluster) : cluster, Optional.of(service), route);
  }

  /** What the app encrypts itself must not be encrypted again: the server would not understand. */
  private static Cluster withoutTls(Cluster cluster) {
    return cluster.tls().isEmpty()
        ? cluster
        : new Cluster(
            cluster.id(),
            cluster.service(),
            cluster.discovery(),
            cluster.loadBalancer(),
            cluster.connectTimeout(),
            Optional.empty(),
            cluster.tcp());
  }

  private TcpDecision passthrough() {
    return new TcpDecision(
        WellKnownClusters.PASSTHROUGH,
        PodPorts.service(table, connection.originalDestination(), ""),
        Optional.empty());
  }
}
