package io.sluice.proxy.upstream;

import io.netty.util.NetUtil;
import io.sluice.mesh.service.Discovery;
import io.sluice.mesh.service.Endpoint;
import io.sluice.proxy.fault.Failure;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Knows names that are addresses. */
final class LiteralNames implements Names {
  @Override
  public void resolve(List<Discovery.Dns.Name> names, Consumer<Resolved> then) {
    List<Endpoint> found = names.stream().flatMap(name -> literal(name).stream()).toList();
    then.accept(
        found.isEmpty()
            ? new Resolved.Not(new Failure.NameNotResolved(names.toString(), "not an IP address"))
            : new Resolved.To(found));
  }

  static Optional<Endpoint> literal(Discovery.Dns.Name name) {
    InetAddress address = NetUtil.createInetAddressFromIpAddressString(name.host());
    return Optional.ofNullable(address)
        .map(a -> new Endpoint(new InetSocketAddress(a, name.port()), Optional.empty()));
  }

  @Override
  public void close() {}
}
