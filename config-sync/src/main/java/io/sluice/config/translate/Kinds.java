package io.sluice.config.translate;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.Map;

/** What is done with objects of which kind. */
final class Kinds {
  private static final String ISTIO = "networking.istio.io/";

  /** apiVersion and kind to the model that reads it. */
  private static final Map<String, Class<? extends HasMetadata>> MODELS =
      Map.ofEntries(
          Map.entry("v1 Namespace", Namespace.class),
          Map.entry("v1 Pod", Pod.class),
          Map.entry("v1 Service", Service.class),
          Map.entry("discovery.k8s.io/v1 EndpointSlice", EndpointSlice.class),
          Map.entry(
              ISTIO + "v1 VirtualService", io.fabric8.istio.api.networking.v1.VirtualService.class),
          Map.entry(
              ISTIO + "v1beta1 VirtualService",
              io.fabric8.istio.api.networking.v1beta1.VirtualService.class),
          Map.entry(
              ISTIO + "v1alpha3 VirtualService",
              io.fabric8.istio.api.networking.v1alpha3.VirtualService.class),
          Map.entry(
              ISTIO + "v1 DestinationRule",
              io.fabric8.istio.api.networking.v1.DestinationRule.class),
          Map.entry(
              ISTIO + "v1beta1 DestinationRule",
              io.fabric8.istio.api.networking.v1beta1.DestinationRule.class),
          Map.entry(
              ISTIO + "v1alpha3 DestinationRule",
              io.fabric8.istio.api.networking.v1alpha3.DestinationRule.class),
          Map.entry(
              ISTIO + "v1 ServiceEntry", io.fabric8.istio.api.networking.v1.ServiceEntry.class),
          Map.entry(
              ISTIO + "v1beta1 ServiceEntry",
              io.fabric8.istio.api.networking.v1beta1.ServiceEntry.class),
          Map.entry(
              ISTIO + "v1alpha3 ServiceEntry",
              io.fabric8.istio.api.networking.v1alpha3.ServiceEntry.class));

  /** Kinds that have a meaning here, with the versions that are read. */
  private static final Map<String, String> VERSIONS =
      Map.of(
          "Namespace", "v1",
          "Pod", "v1",
          "Service", "v1",
          "EndpointSlice", "discovery.k8s.io/v1",
          "VirtualService", ISTIO + "v1, v1beta1 or v1alpha3",
          "DestinationRule", ISTIO + "v1, v1beta1 or v1alpha3",
          "ServiceEntry", ISTIO + "v1, v1beta1 or v1alpha3");

  private Kinds() {}

  static Use use(String kind, String apiVersion) {
    Class<? extends HasMetadata> type = MODELS.get(apiVersion + " " + kind);
    if (type != null) {
      return new Use.Model(type);
    }
    if (kind.equals("Endpoints") && apiVersion.equals("v1")) {
      return new Use.NotYet("Endpoints have no effect, write an EndpointSlice");
    }
    String group = apiVersion.contains("/") ? apiVersion.substring(0, apiVersion.indexOf('/')) : "";
    boolean mesh = group.endsWith(".istio.io") || group.equals("gateway.networking.k8s.io");
    String versions = VERSIONS.get(kind);
    // Knative has a kind Service too: another group is another kind, unless it is one of the mesh's
    // own.
    if (versions != null && (mesh || group.isEmpty() || versions.startsWith(group + "/"))) {
      return new Use.WrongVersion("apiVersion " + versions);
    }
    return mesh
        ? new Use.NotYet("this one is not supported yet, the object has no effect")
        : new Use.None();
  }

  /** What is done with an object. */
  sealed interface Use {
    /** It is read by this model. */
    record Model(Class<? extends HasMetadata> type) implements Use {}

    /** The kind is right, its version is not. */
    record WrongVersion(String expected) implements Use {}

    /** A kind of a mesh that has no effect here yet. */
    record NotYet(String why) implements Use {}

    /** None of our business. */
    record None() implements Use {}
  }
}
