package io.sluice.config.publish;

import io.sluice.config.resource.MeshResource;
import io.sluice.config.translate.FileContent;
import io.sluice.config.translate.Translation;
import io.sluice.mesh.problem.Problem;
import io.sluice.mesh.problem.Problem.Severity;
import io.sluice.mesh.problem.ResourceRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;

/**
 * The last good version of each resource. A resource that turns bad stays as it was; one in a
 * document that can't be read stays too; one that is gone from a file that can be read is gone.
 * Where two files hold the same resource, the first by name counts.
 */
public final class ResourceStore {
  private Map<ResourceRef, MeshResource> good = new LinkedHashMap<>();

  /**
   * What is to be used now.
   *
   * @param resources each valid by itself, none twice
   * @param badPods uids of pods that can't be read and have no earlier version
   * @param problems of files and of single resources
   */
  public record Snapshot(
      List<MeshResource> resources, List<String> badPods, List<Problem> problems) {
    public Snapshot {
      resources = List.copyOf(resources);
      badPods = List.copyOf(badPods);
      problems = List.copyOf(problems);
    }
  }

  /** Takes the present content of all files, by their names. */
  public Snapshot update(SortedMap<String, FileContent> files) {
    Pass pass = new Pass();
    files.forEach(pass::read);
    good.values().forEach(resource -> pass.keepUnread(resource, files));
    good = pass.next;
    return new Snapshot(List.copyOf(good.values()), pass.badPods, pass.problems);
  }

  /** One walk through all files. */
  private final class Pass {
    private final Map<ResourceRef, MeshResource> next = new LinkedHashMap<>();
    private final Map<ResourceRef, String> seen = new HashMap<>();
    private final Set<ResourceRef> unusedRefs = new HashSet<>();
    private final List<String> badPods = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();

    void read(String file, FileContent content) {
      problems.addAll(content.problems());
      for (Translation translation : content.translations()) {
        switch (translation) {
          case Translation.Good good ->
              named(file, good, () -> next.put(good.ref(), good.resource()));
          case Translation.Bad bad -> named(file, bad, () -> keep(bad));
          // Takes no name: Knative has a Service beside the Service of the same name.
          case Translation.Unused unused -> {
            problems.addAll(unused.problems());
            unusedRefs.add(unused.ref());
          }
        }
      }
    }

    private void named(String file, Translation translation, Runnable take) {
      String before = seen.putIfAbsent(translation.ref(), file);
      if (before == null) {
        problems.addAll(translation.problems());
        take.run();
      } else {
        problems.add(duplicate(translation.ref(), file, before));
      }
    }

    private void keep(Translation.Bad bad) {
      MeshResource before = good.get(bad.ref());
      if (before != null) {
        next.put(bad.ref(), before);
      } else if (bad.ref().kind().equals("Pod")) {
        badPods.add(bad.uid());
      }
    }

    void keepUnread(MeshResource resource, SortedMap<String, FileContent> files) {
      FileContent content = files.get(resource.header().source());
      ResourceRef ref = resource.header().ref();
      boolean unread = content != null && !content.complete();
      if (unread && !seen.containsKey(ref) && !unusedRefs.contains(ref)) {
        next.put(ref, resource);
      }
    }

    private Problem duplicate(ResourceRef ref, String file, String before) {
      return new Problem(
          ref,
          Severity.ERROR,
          "metadata.name",
          ref.name(),
          "a name that nothing else of its kind has: "
              + (Objects.equals(file, before)
                  ? "the file holds it twice, and the first counts"
                  : "it is in " + before + " already, and that one counts")
              + "; rename one or take it out",
          file);
    }
  }
}
