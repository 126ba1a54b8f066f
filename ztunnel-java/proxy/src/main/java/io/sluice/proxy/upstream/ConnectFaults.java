package io.sluice.proxy.upstream;

import io.sluice.proxy.fault.Failure;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an exception from making or connecting a socket means. Pure. */
final class ConnectFaults {
  // The words behind the number are translated by the C library; the number is not.
  private static final Pattern ERRNO = Pattern.compile("failed with error\\(-(\\d+)\\)");

  private static final int EPERM = 1;
  private static final int EACCES = 13;
  private static final int EINVAL = 22;
  private static final int ENFILE = 23;
  private static final int EMFILE = 24;
  private static final int EAFNOSUPPORT = 97;
  private static final int EADDRINUSE = 98;
  private static final int EADDRNOTAVAIL = 99;
  private static final int ENETDOWN = 100;
  private static final int ENETUNREACH = 101;
  private static final int ECONNABORTED = 103;
  private static final int ECONNRESET = 104;
  private static final int ENOBUFS = 105;
  private static final int ETIMEDOUT = 110;
  private static final int ECONNREFUSED = 111;
  private static final int EHOSTDOWN = 112;
  private static final int EHOSTUNREACH = 113;

  private ConnectFaults() {}

  /**
   * @param elapsed since the connection was begun
   */
  static Failure of(Throwable cause, InetSocketAddress endpoint, Duration elapsed) {
    for (Throwable each = cause; each != null; each = each.getCause()) {
      OptionalInt errno = errno(each);
      if (errno.isPresent()) {
        return byErrno(errno.getAsInt(), endpoint, elapsed);
      }
      if (each instanceof NoRouteToHostException) {
        return new Failure.Unreachable(
            endpoint,
            "no route to the host or its network (EHOSTUNREACH or ENETUNREACH): maybe the endpoint"
                + " is gone or a NetworkPolicy rejects it");
      }
      if (each instanceof ClosedChannelException) {
        return new Failure.Unreachable(endpoint, "the socket was closed while it connected");
      }
    }
    return new Failure.Unreachable(endpoint, "the socket can't be connected: " + cause);
  }

  /** Whether the source address had no port left for this destination: another source may have. */
  static boolean sourceIsUsedUp(Throwable cause) {
    for (Throwable each = cause; each != null; each = each.getCause()) {
      OptionalInt errno = errno(each);
      if (errno.isPresent()) {
        return errno.getAsInt() == EADDRNOTAVAIL || errno.getAsInt() == EADDRINUSE;
      }
    }
    return false;
  }

  private static OptionalInt errno(Throwable cause) {
    String message = cause.getMessage();
    if (message == null) {
      return OptionalInt.empty();
    }
    Matcher matcher = ERRNO.matcher(message);
    return matcher.find()
        ? OptionalInt.of(Integer.parseInt(matcher.group(1)))
        : OptionalInt.empty();
  }

  private static Failure byErrno(int errno, InetSocketAddress endpoint, Duration elapsed) {
    return switch (errno) {
      case ECONNREFUSED -> new Failure.ConnectRefused(endpoint);
      case ETIMEDOUT -> new Failure.ConnectTimeout(endpoint, elapsed);
      default -> new Failure.Unreachable(endpoint, reason(errno));
    };
  }

  private static String reason(int errno) {
    return switch (errno) {
      case EHOSTUNREACH ->
          "no route to the host (EHOSTUNREACH): maybe the endpoint is gone or a NetworkPolicy"
              + " rejects it";
      case ENETUNREACH ->
          "no route to the network (ENETUNREACH): the pod has no route, maybe no address of that"
              + " family";
      case EHOSTDOWN -> "the host is down (EHOSTDOWN)";
      case ENETDOWN -> "the pod's network is down (ENETDOWN)";
      case EADDRNOTAVAIL, EADDRINUSE ->
          "no local address or port is left for this endpoint (errno "
              + errno
              + "): too many connections to it, or in TIME_WAIT";
      case EPERM, EACCES ->
          "refused on this machine (errno "
              + errno
              + "): maybe a firewall rule or another BPF program in the pod's namespace";
      case EMFILE, ENFILE ->
          "out of file descriptors (errno " + errno + "): raise the agent's limit (ulimit -n)";
      case ENOBUFS -> "the kernel is out of memory for sockets (ENOBUFS)";
      case ECONNRESET, ECONNABORTED -> "reset while connecting (errno " + errno + ")";
      case EAFNOSUPPORT, EINVAL ->
          "the kernel does not take the address (errno " + errno + "): maybe IPv6 is switched off";
      default -> "connect failed with errno " + errno;
    };
  }
}
