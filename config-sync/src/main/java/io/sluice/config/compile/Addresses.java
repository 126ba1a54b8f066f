package io.sluice.config.compile;

import io.sluice.mesh.service.AddressBlock;
import io.sluice.mesh.service.ServiceBlocks;
import io.sluice.mesh.service.ServicePort;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;

/** Which service an address stands for that clients dial: single ones, and blocks. */
final class Addresses {
  private final Clusters clusters;
  private final Report report;
  private final Map<InetSocketAddress, ServicePort> singles = new HashMap<>();
  private final Map<Integer, Map<AddressBlock, ServicePort>> blocks = new HashMap<>();
  private final Map<Dialled, KnownHost> owners = new HashMap<>();

  Addresses(Catalog catalog, Clusters clusters, Report report) {
    this.clusters = clusters;
    this.report = report;
    catalog.forEachPort((known, port) ->
        known
            .addresses()
            .forEach(address -> put(new Dialled(address, port.number()), known, port)));
    // Second, so that a ClusterIP is never taken by a pod of a headless service.
    catalog.forEachPort((known, port) ->
        port.dialled()
            .forEach(member ->
                singles.putIfAbsent(member.address(), clusters.servicePort(known, port))));
  }

  Map<InetSocketAddress, ServicePort> servicesByAddress() {
    return singles;
  }

  Map<Integer, ServiceBlocks> blocksByPort() {
    Map<Integer, ServiceBlocks> byPort = HashMap.newHashMap(blocks.size());
    blocks.forEach((port, services) -> byPort.put(port, ServiceBlocks.of(services)));
    return byPort;
  }

  private void put(Dialled dialled, KnownHost known, KnownHost.Port port) {
    own(dialled, known);
    ServicePort service = clusters.servicePort(known, port);
    if (dialled.block().isSingle()) {
      singles.putIfAbsent(
          new InetSocketAddress(dialled.block().network(), dialled.port()), service);
    } else {
      blocks
          .computeIfAbsent(dialled.port(), key -> new HashMap<>())
          .putIfAbsent(dialled.block(), service);
    }
  }

  private void own(Dialled dialled, KnownHost known) {
    KnownHost before = owners.putIfAbsent(dialled, known);
    if (before != null && !before.header().equals(known.header())) {
      report.warn(
          known.header(),
          "spec",
          dialled.text(),
          "an address of its own: " + before.header().ref() + " has it already and is used");
    }
  }

  private record Dialled(AddressBlock block, int port) {
    String text() {
      String address = block.isSingle() ? block.network().getHostAddress() : block.toString();
      return address + " port " + port;
    }
  }
}
