package io.sluice.perf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Each benchmark still runs; what it measures is not looked at. */
class SmokeTest {
  private static final List<Class<?>> BENCHMARKS =
      List.of(
          HostLookup.class,
          Routing.class,
          TcpRouting.class,
          Counting.class,
          Scraping.class,
          Heads.class);

  @TestFactory
  Stream<DynamicTest> oneIteration() {
    return BENCHMARKS.stream()
        .map(each -> DynamicTest.dynamicTest(each.getSimpleName(), () -> runs(each)));
  }

  private static void runs(Class<?> benchmark) throws Exception {
    Options options =
        new OptionsBuilder()
            .include("^" + benchmark.getName() + "\\.")
            .forks(0)
            .warmupIterations(0)
            .measurementIterations(1)
            .measurementTime(TimeValue.milliseconds(5))
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();
    Collection<RunResult> results = new Runner(options).run();

    assertThat(results).isNotEmpty();
    assertThat(results)
        .allSatisfy(each -> assertThat(each.getPrimaryResult().getScore()).isPositive());
  }
}
