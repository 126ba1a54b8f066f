package io.sluice.agent.kernel.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** Each line of docs/what-the-app-sees.md names a test that exists, and each test has a line. */
class WhatTheAppSeesDocTest {
  private static final Path DOC = Path.of("../docs/what-the-app-sees.md");
  private static final Pattern NAME = Pattern.compile("`([WSL])\\.(\\w+)`");

  @Test
  void linesAndTestsAreTheSame() throws IOException {
    Set<String> named =
        NAME.matcher(Files.readString(DOC))
            .results()
            .map(match -> match.group(1) + "." + match.group(2))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> tests = new TreeSet<>();
    addTests("W", WhatClientsSeeTest.class, tests);
    addTests("S", WhatServersSeeTest.class, tests);
    addTests("L", LifeAndDeathTest.class, tests);
    assertThat(named).isEqualTo(tests);
  }

  private static void addTests(String letter, Class<?> type, Set<String> tests) {
    Arrays.stream(type.getDeclaredMethods())
        .filter(method ->
            method.isAnnotationPresent(Test.class)
                || method.isAnnotationPresent(ParameterizedTest.class))
        .map(Method::getName)
        .forEach(name -> tests.add(letter + "." + name));
  }
}
