package io.sluice.agent.testbed;

import java.nio.file.Files;
import java.nio.file.Path;

/** The interpreter that stands for a pod's app, and what every script begins with. */
final class Python {
  static final String PATH =
      Files.isExecutable(Path.of("/usr/bin/python3")) ? "/usr/bin/python3" : "python3";

  static final String PRELUDE =
      """
      import socket, sys, os, errno, select, struct, time
      socket.setdefaulttimeout(10)
      def show(a): return '%s:%d' % (a[0], a[1])
      """;

  private Python() {}
}
