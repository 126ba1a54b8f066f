package io.sluice.config.resource;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A Pod.
 *
 * @param uid {@code metadata.uid}, or namespace/name where there is none
 * @param owner name of the owning Deployment, StatefulSet, ...; the pod's own name without an owner
 * @param serviceAccount {@code default} when unset
 * @param hostNetwork it uses the machine's network: never enrolled, and its address names no
 *     workload
 * @param finished it has run to its end, or is being deleted: it serves nothing
 * @param ready as its status says; true when there is no status
 * @param addresses {@code status.podIPs}; may be empty
 * @param learned the addresses are not those of the status but were found in its namespace
 * @param namedPorts container port names (TCP) to numbers, for a Service's {@code targetPort}
 * @param netns annotation {@code sluice.io/netns}
 */
public record PodResource(
    Header header,
    String uid,
    Map<String, String> labels,
    Map<String, String> annotations,
    String owner,
    String serviceAccount,
    boolean hostNetwork,
    boolean finished,
    boolean ready,
    List<InetAddress> addresses,
    boolean learned,
    Map<String, Integer> namedPorts,
    Optional<String> netns)
    implements MeshResource {
  public PodResource {
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
    addresses = List.copyOf(addresses);
    namedPorts = Map.copyOf(namedPorts);
  }

  /** The same pod with addresses learned elsewhere. */
  public PodResource withLearned(List<InetAddress> found) {
    return new PodResource(
        header,
        uid,
        labels,
        annotations,
        owner,
        serviceAccount,
        hostNetwork,
        finished,
        ready,
        found,
        true,
        namedPorts,
        netns);
  }
}
