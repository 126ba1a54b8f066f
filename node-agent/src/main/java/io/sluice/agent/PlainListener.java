package io.sluice.agent;

import io.sluice.proxy.PlainAddress;
import java.util.Objects;

/**
 * An ordinary listener that {@code sluice run} is told to open.
 *
 * @param address where it listens, and whose port's hosts it serves
 * @param namespace of the pod in whose name requests are sent
 * @param pod its name; it need not be enrolled, nor exist
 */
public record PlainListener(PlainAddress address, String namespace, String pod) {
  public PlainListener {
    Objects.requireNonNull(address, "address");
    Objects.requireNonNull(namespace, "namespace");
    Objects.requireNonNull(pod, "pod");
  }

  @Override
  public String toString() {
    return address.listen().getAddress().getHostAddress()
        + ":"
        + address.listen().getPort()
        + "="
        + namespace
        + "/"
        + pod
        + ":"
        + address.destinationPort();
  }
}
