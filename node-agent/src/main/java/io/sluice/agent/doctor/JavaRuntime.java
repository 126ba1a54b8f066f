package io.sluice.agent.doctor;

import java.util.Optional;

/** What the Java runtime brings along. */
final class JavaRuntime {

  private static final int FEATURE_MIN = 25;

  private JavaRuntime() {}

  static Finding version(Runtime.Version version) {
    String need = "JDK >= " + FEATURE_MIN;
    return version.feature() >= FEATURE_MIN
        ? Finding.ok(need, version.toString())
        : Finding.missing(need, version.toString(), "install JDK 25 and set JAVA_HOME to it");
  }

  static Finding nativeAccess(boolean enabled) {
    return enabled
        ? Finding.ok("native access", "enabled")
        : Finding.note(
            "native access",
            "not granted: Java will warn",
            "start java with --enable-native-access=ALL-UNNAMED");
  }

  static Finding epoll(Optional<Throwable> unavailable) {
    return unavailable.isEmpty()
        ? Finding.ok("epoll transport", "works")
        : Finding.missing(
            "epoll transport",
            "does not load: " + unavailable.get(),
            "use x86_64 or aarch64 with glibc, and a /tmp that may execute");
  }
}
