package io.sluice.proxy.testkit;

import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.ClusterId;
import io.sluice.mesh.service.Discovery;
import io.sluice.mesh.service.Endpoint;
import io.sluice.mesh.service.LoadBalancer;
import io.sluice.mesh.service.ServiceId;
import io.sluice.mesh.service.TcpOptions;
import io.sluice.mesh.service.UpstreamTls;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Clusters for tests, host {@code web.test.svc.cluster.local}, port 80. */
public final class Clusters {
  public static final String HOST = "web.test.svc.cluster.local";

  private Clusters() {}

  public static Cluster listed(InetSocketAddress... endpoints) {
    return of(new Discovery.Listed(endpoints(endpoints)));
  }

  public static Cluster dns(String host, int port) {
    return of(new Discovery.Dns(List.of(new Discovery.Dns.Name(host, port))));
  }

  public static Cluster originalDestination() {
    return of(new Discovery.OriginalDestination());
  }

  public static Cluster of(Discovery discovery) {
    return new Cluster(
        new ClusterId(HOST, 80, ""),
        new ServiceId(HOST, "web", "test"),
        discovery,
        LoadBalancer.LEAST_REQUEST,
        Duration.ofSeconds(10),
        Optional.empty());
  }

  public static Cluster with(Cluster cluster, LoadBalancer balancer) {
    return new Cluster(
        cluster.id(),
        cluster.service(),
        cluster.discovery(),
        balancer,
        cluster.connectTimeout(),
        cluster.tls(),
        cluster.tcp());
  }

  public static Cluster with(Cluster cluster, Duration connectTimeout) {
    return new Cluster(
        cluster.id(),
        cluster.service(),
        cluster.discovery(),
        cluster.loadBalancer(),
        connectTimeout,
        cluster.tls(),
        cluster.tcp());
  }

  public static Cluster with(Cluster cluster, UpstreamTls tls) {
    return new Cluster(
        cluster.id(),
        cluster.service(),
        cluster.discovery(),
        cluster.loadBalancer(),
        cluster.connectTimeout(),
        Optional.of(tls),
        cluster.tcp());
  }

  public static Cluster with(Cluster cluster, TcpOptions tcp) {
    return new Cluster(
        cluster.id(),
        cluster.service(),
        cluster.discovery(),
        cluster.loadBalancer(),
        cluster.connectTimeout(),
        cluster.tls(),
        tcp);
  }

  public static List<Endpoint> endpoints(InetSocketAddress... addresses) {
    return Stream.of(addresses).map(each -> new Endpoint(each, Optional.empty())).toList();
  }
}
