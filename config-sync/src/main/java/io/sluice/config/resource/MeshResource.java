package io.sluice.config.resource;

/** One object that takes part in the compilation. */
public sealed interface MeshResource
    permits NamespaceResource,
        PodResource,
        ServiceResource,
        SliceResource,
        VirtualServiceResource,
        DestinationRuleResource,
        ServiceEntryResource {
  Header header();
}
