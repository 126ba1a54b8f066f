package io.sluice.config.translate;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.sluice.config.resource.Header;
import io.sluice.config.resource.MeshResource;
import io.sluice.mesh.problem.ResourceRef;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** One object's tree in, one translation out. */
final class Translator {
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?");

  private final KubernetesSerialization serialization = new KubernetesSerialization();

  /**
   * Translates; never throws.
   *
   * @param tree an object with a text {@code kind}
   */
  Translation translate(String file, JsonNode tree) {
    String kind = tree.path("kind").textValue();
    ResourceRef ref = ref(kind, tree);
    Findings findings = new Findings(ref, file);
    Kinds.Use use = Kinds.use(kind, tree.path("apiVersion").asText(""));
    return switch (use) {
      case Kinds.Use.None none -> new Translation.Unused(ref, findings.problems());
      case Kinds.Use.NotYet notYet -> {
        findings.notSupported("", kind, "other kinds: " + notYet.why());
        yield new Translation.Unused(ref, findings.problems());
      }
      case Kinds.Use.WrongVersion wrong -> {
        findings.error("apiVersion", tree.path("apiVersion").asText(""), wrong.expected());
        yield bad(ref, tree, findings);
      }
      case Kinds.Use.Model model -> checked(ref, file, tree, model.type(), findings);
    };
  }

  private Translation checked(
      ResourceRef ref,
      String file,
      JsonNode tree,
      Class<? extends HasMetadata> type,
      Findings findings) {
    Optional<MeshResource> resource = Optional.empty();
    try {
      checkMetadata(tree, findings);
      if (!findings.isBad()) {
        HasMetadata typed = serialization.convertValue(tree, type);
        resource = resource(new Header(ref, created(tree), file), typed, tree, findings);
      }
    } catch (RuntimeException e) {
      // The models' own readers throw whatever they stumble over.
      wrongShape(e, findings);
    }
    if (findings.isBad()) {
      return bad(ref, tree, findings);
    }
    return resource.isPresent()
        ? new Translation.Good(resource.get(), findings.problems())
        : new Translation.Unused(ref, findings.problems());
  }

  private static Translation.Bad bad(ResourceRef ref, JsonNode tree, Findings findings) {
    String uid = tree.path("metadata").path("uid").asText("");
    return new Translation.Bad(
        ref, uid.isEmpty() ? ref.namespace() + "/" + ref.name() : uid, findings.problems());
  }

  private static Optional<MeshResource> resource(
      Header header, HasMetadata typed, JsonNode tree, Findings findings) {
    return switch (typed) {
      case Namespace namespace -> Optional.of(CoreKinds.namespace(header, namespace));
      case Pod pod -> Optional.of(PodKind.read(header, pod, findings));
      case Service service -> Optional.of(CoreKinds.service(header, service, findings));
      case EndpointSlice slice -> CoreKinds.slice(header, slice, findings).map(found -> found);
      default -> istio(header, tree, findings);
    };
  }

  private static Optional<MeshResource> istio(Header header, JsonNode tree, Findings findings) {
    Fields root = Fields.of("", tree, findings);
    Fields spec = root.ignore("apiVersion", "kind", "metadata", "status").object("spec");
    root.done();
    if (!spec.isPresent()) {
      findings.error("spec", "", "a spec");
      return Optional.empty();
    }
    return switch (header.ref().kind()) {
      case "VirtualService" -> Optional.of(VirtualServices.read(header, spec));
      case "DestinationRule" -> Optional.of(DestinationRules.read(header, spec));
      case "ServiceEntry" -> Optional.of(ServiceEntries.read(header, spec));
      default -> Optional.empty();
    };
  }

  private static ResourceRef ref(String kind, JsonNode tree) {
    JsonNode metadata = tree.path("metadata");
    String name = readable(metadata, "name");
    boolean clusterScoped = kind.equals("Namespace");
    String namespace = clusterScoped ? "" : readable(metadata, "namespace");
    return new ResourceRef(
        Findings.shortened(kind),
        clusterScoped || !namespace.isEmpty() ? namespace : "default",
        name);
  }

  /** Shortened only where it is no name that Kubernetes takes: then it is reported all the same. */
  private static String readable(JsonNode metadata, String field) {
    String text = metadata.path(field).asText("");
    return NAME.matcher(text).matches() ? text : Findings.shortened(text);
  }

  private static void checkMetadata(JsonNode tree, Findings findings) {
    Fields metadata = Fields.of("metadata", tree.path("metadata"), findings);
    Optional<String> name = metadata.required("name", "a name");
    if (name.isPresent() && !NAME.matcher(name.get()).matches()) {
      metadata.error("name", "lower case letters, digits, - and . only");
    }
    Optional<String> namespace = metadata.text("namespace");
    if (namespace.isPresent() && !NAME.matcher(namespace.get()).matches()) {
      metadata.error("namespace", "lower case letters, digits and - only");
    }
    // 1.10 without quotes is the number 1.1 and would never match.
    metadata.textMap("labels");
    metadata.textMap("annotations");
  }

  private static Optional<Instant> created(JsonNode tree) {
    try {
      String text = tree.path("metadata").path("creationTimestamp").asText("");
      return text.isEmpty()
          ? Optional.empty()
          : Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /** What the typed model refuses, with the path that Jackson took to it. */
  private static void wrongShape(RuntimeException e, Findings findings) {
    StringBuilder path = new StringBuilder();
    String message = String.valueOf(e.getMessage());
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof JsonMappingException mapping) {
        message = mapping.getOriginalMessage();
        mapping.getPath().forEach(step -> append(path, step));
        break;
      }
    }
    String expected =
        message.contains("cannot be cast") ? "an object with fields" : readable(message);
    findings.error(path.toString(), "", expected);
  }

  private static void append(StringBuilder path, JsonMappingException.Reference step) {
    if (step.getFieldName() == null) {
      path.append('[').append(step.getIndex()).append(']');
    } else {
      path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
    }
  }

  /** "Cannot deserialize value of type `java.lang.Long` from String "abc"" without Java in it. */
  private static String readable(String message) {
    for (Map.Entry<String, String> known :
        Map.of(
                "java.lang.Long", "a whole number",
                "java.lang.Integer", "a whole number",
                "java.lang.Double", "a number",
                "java.lang.Boolean", "true or false",
                "java.util.ArrayList", "a list",
                "java.util.LinkedHashMap", "a map",
                "java.lang.String", "a string")
            .entrySet()) {
      if (message.contains("`" + known.getKey())) {
        return known.getValue();
      }
    }
    return "a value of another type: " + Findings.shortened(message);
  }
}
