package io.sluice.config.compile;

import io.sluice.config.resource.DestinationRuleResource;
import io.sluice.config.resource.Header;
import io.sluice.config.resource.MeshResource;
import io.sluice.config.resource.NamespaceResource;
import io.sluice.config.resource.PodResource;
import io.sluice.config.resource.ServiceEntryResource;
import io.sluice.config.resource.ServiceResource;
import io.sluice.config.resource.SliceResource;
import io.sluice.config.resource.VirtualServiceResource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * All resources by kind, each list in the order of precedence, so that the result does not hang on
 * the order of reading.
 */
record Resources(
    List<NamespaceResource> namespaces,
    List<PodResource> pods,
    List<ServiceResource> services,
    List<SliceResource> slices,
    List<VirtualServiceResource> virtualServices,
    List<DestinationRuleResource> destinationRules,
    List<ServiceEntryResource> serviceEntries) {

  static Resources of(Collection<? extends MeshResource> all) {
    Resources sorted =
        new Resources(
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>());
    all.stream()
        .sorted(Comparator.comparing(MeshResource::header, Header.PRECEDENCE))
        .forEach(sorted::add);
    return sorted;
  }

  private void add(MeshResource resource) {
    switch (resource) {
      case NamespaceResource namespace -> namespaces.add(namespace);
      case PodResource pod -> pods.add(pod);
      case ServiceResource service -> services.add(service);
      case SliceResource slice -> slices.add(slice);
      case VirtualServiceResource virtualService -> virtualServices.add(virtualService);
      case DestinationRuleResource destinationRule -> destinationRules.add(destinationRule);
      case ServiceEntryResource serviceEntry -> serviceEntries.add(serviceEntry);
    }
  }
}
