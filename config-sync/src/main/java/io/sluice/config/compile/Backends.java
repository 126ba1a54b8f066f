package io.sluice.config.compile;

import io.sluice.mesh.service.Discovery;
import io.sluice.mesh.service.Endpoint;
import io.sluice.mesh.workload.Workload;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What stands behind one port of one service, before subsets choose among it. */
sealed interface Backends {
  /** Those whose labels hold all of these. */
  Discovery select(Map<String, String> labels);

  /** Whether those are known to be none. */
  boolean hasNone(Map<String, String> labels);

  /** Addresses are known. */
  record Listed(List<Member> members) implements Backends {
    public Listed {
      members = List.copyOf(members);
    }

    @Override
    public Discovery.Listed select(Map<String, String> labels) {
      return new Discovery.Listed(
          members.stream()
              .filter(member -> holds(member.labels(), labels))
              .map(member -> new Endpoint(member.address(), member.workload()))
              .toList());
    }

    @Override
    public boolean hasNone(Map<String, String> labels) {
      return members.stream().noneMatch(member -> holds(member.labels(), labels));
    }
  }

  /** Names that DNS resolves. */
  record Named(List<NamedMember> members) implements Backends {
    public Named {
      members = List.copyOf(members);
    }

    @Override
    public Discovery.Dns select(Map<String, String> labels) {
      return new Discovery.Dns(
          members.stream()
              .filter(member -> holds(member.labels(), labels))
              .map(NamedMember::name)
              .toList());
    }

    @Override
    public boolean hasNone(Map<String, String> labels) {
      return members.stream().noneMatch(member -> holds(member.labels(), labels));
    }
  }

  /** The address that the app dialled. */
  record AsDialled() implements Backends {
    @Override
    public Discovery select(Map<String, String> labels) {
      return new Discovery.OriginalDestination();
    }

    @Override
    public boolean hasNone(Map<String, String> labels) {
      return false;
    }
  }

  /** An address with the labels by which subsets choose it. */
  record Member(
      InetSocketAddress address, Optional<Workload> workload, Map<String, String> labels) {}

  /** A name with the labels by which subsets choose it. */
  record NamedMember(Discovery.Dns.Name name, Map<String, String> labels) {}

  private static boolean holds(Map<String, String> labels, Map<String, String> wanted) {
    return labels.entrySet().containsAll(wanted.entrySet());
  }
}
