package io.sluice.config.translate;

import io.sluice.config.resource.MeshResource;
import io.sluice.mesh.problem.Problem;
import io.sluice.mesh.problem.ResourceRef;
import java.util.List;

/** What became of one object. */
public sealed interface Translation {
  ResourceRef ref();

  List<Problem> problems();

  /** It can be used; problems are about parts of it. */
  record Good(MeshResource resource, List<Problem> problems) implements Translation {
    public Good {
      problems = List.copyOf(problems);
    }

    @Override
    public ResourceRef ref() {
      return resource.header().ref();
    }
  }

  /**
   * It can't be used; at least one problem is an ERROR.
   *
   * @param uid {@code metadata.uid}, or namespace/name where there is none: by which a pod that is
   *     enrolled stays so
   */
  record Bad(ResourceRef ref, String uid, List<Problem> problems) implements Translation {
    public Bad {
      problems = List.copyOf(problems);
    }
  }

  /** Its kind takes no part; there is a problem only where its author may think otherwise. */
  record Unused(ResourceRef ref, List<Problem> problems) implements Translation {
    public Unused {
      problems = List.copyOf(problems);
    }
  }
}
