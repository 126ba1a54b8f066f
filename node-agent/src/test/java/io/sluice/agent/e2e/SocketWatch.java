package io.sluice.agent.e2e;

import io.sluice.agent.e2e.Lab.Pod;
import java.nio.file.Path;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the kernel counted for the sockets of a pod that are gone: {@code ss -E} prints each one's
 * tcp_info when it is destroyed.
 */
final class SocketWatch {

  private static final Pattern LINE =
      Pattern.compile("UNCONN +\\d+ +\\d+ +(\\S+):(\\d+) +(\\S+):(\\d+) +(.*)");
  private static final Pattern SENT = Pattern.compile("\\bbytes_sent:(\\d+)");
  private static final Pattern AGAIN = Pattern.compile("\\bbytes_retrans:(\\d+)");

  private static final int NOBODYS_PORT = 1;
  private static final String KNOCK =
      "import socket; socket.socket().connect_ex(('127.0.0.1', " + NOBODYS_PORT + "))";

  private final Path file;

  /** One socket; sent: payload bytes, without those that were sent again. */
  record Gone(String local, int localPort, String peer, int peerPort, long sent) {}

  /** Sockets and the bytes that they sent. */
  record Sum(int sockets, long sent) {
    Sum plus(Sum other) {
      return new Sum(sockets + other.sockets, sent + other.sent);
    }

    Sum minus(Sum before) {
      return new Sum(sockets - before.sockets, sent - before.sent);
    }
  }

  private SocketWatch(Path file) {
    this.file = file;
  }

  static SocketWatch start(Lab lab, Pod pod, Path directory) {
    Path file = directory.resolve(pod.name() + ".sockets");
    lab.spawn(pod, "sh", "-c", "exec stdbuf -oL ss -E -tinO > " + file);
    SocketWatch watch = new SocketWatch(file);
    Lab.await("ss watches in " + pod.name(), () -> watch.sees(lab, pod));
    return watch;
  }

  /** It says nothing before it has seen the first socket. */
  private boolean sees(Lab lab, Pod pod) {
    lab.in(pod, "python3", "-c", KNOCK);
    return file.toFile().length() > 0;
  }

  Sum sum(Predicate<Gone> which) {
    return gone()
        .filter(which)
        .map(gone -> new Sum(1, gone.sent()))
        .reduce(new Sum(0, 0), Sum::plus);
  }

  private Stream<Gone> gone() {
    return Lab.read(file)
        .lines()
        .map(LINE::matcher)
        .filter(Matcher::matches)
        .map(SocketWatch::of)
        .filter(gone -> gone.peerPort() != NOBODYS_PORT);
  }

  private static Gone of(Matcher line) {
    String info = line.group(5);
    return new Gone(
        line.group(1),
        Integer.parseInt(line.group(2)),
        line.group(3),
        Integer.parseInt(line.group(4)),
        number(SENT, info) - number(AGAIN, info));
  }

  private static long number(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
  }
}
