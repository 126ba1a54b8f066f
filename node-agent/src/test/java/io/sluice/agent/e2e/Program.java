package io.sluice.agent.e2e;

import io.sluice.agent.e2e.Lab.Pod;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** A server and its clients as Debian has them, in a protocol that nothing declares. */
interface Program {

  /** Also of its Service. */
  String name();

  /** What it needs: a command, and the Debian package that brings it. */
  Map<String, String> needs();

  /** The ports of its Service, and the server's port behind each. */
  SortedMap<Integer, Integer> ports();

  /**
   * What a client sends first, as {@code first_byte.py} takes it; empty: the server speaks first.
   */
  String opening();

  /** Starts the server in the pod, on all its IPv4 addresses at least, and does not wait for it. */
  void start(Stage stage, Pod pod);

  /** Uses the server as its clients do, and checks the answers. */
  void use(Stage stage, Pod client, String host, int port);

  /** The flags with which its connections end when all is well. */
  default List<String> flags() {
    return List.of("-");
  }

  /** Ends what does not end with its process. */
  default void stop() {}

  /** All of them. */
  static List<Program> all() {
    return List.of(
        new Redis(),
        new MariaDb(),
        new Postgres(),
        new Smtp(),
        new Ssh(),
        new Nats(),
        new Memcached(),
        new Https(),
        new Http2());
  }
}
