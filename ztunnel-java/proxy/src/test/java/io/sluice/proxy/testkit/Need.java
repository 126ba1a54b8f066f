package io.sluice.proxy.testkit;

import io.sluice.proxy.transport.Transport;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * What a test needs of the machine. Unmet, the test is skipped and says why; with CI=true it fails.
 */
public final class Need {
  private Need() {}

  public static void transport(Transport transport) {
    transport.unavailable().ifPresent(Need::unmet);
  }

  public static void that(boolean met, String need) {
    if (!met) {
      unmet(need);
    }
  }

  private static void unmet(String need) {
    if (Optional.ofNullable(System.getenv("CI")).filter("true"::equals).isPresent()) {
      Assertions.fail("with CI=true no test may be skipped, but this one needs: " + need);
    }
    Assumptions.abort("needs: " + need);
  }
}
