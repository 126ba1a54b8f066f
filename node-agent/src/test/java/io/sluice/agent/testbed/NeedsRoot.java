package io.sluice.agent.testbed;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skipped without root, the kernel's BTF or cgroup2; where {@code CI=true} that fails the test. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsRoot.Condition.class)
public @interface NeedsRoot {

  /** Names the first need that is not met. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      Optional<String> unmet = unmet();
      if (unmet.isEmpty()) {
        return ConditionEvaluationResult.enabled("root, BTF and iproute2 are there");
      }
      if ("true".equals(System.getenv("CI"))) {
        throw new IllegalStateException("needs " + unmet.get() + ", and CI=true skips nothing");
      }
      return ConditionEvaluationResult.disabled("needs " + unmet.get());
    }

    private static Optional<String> unmet() {
      if (!"root".equals(System.getProperty("user.name"))) {
        return Optional.of("root");
      }
      if (!Files.exists(Path.of("/sys/kernel/btf/vmlinux"))) {
        return Optional.of("a kernel with BTF (/sys/kernel/btf/vmlinux)");
      }
      return Optional.empty();
    }
  }
}
