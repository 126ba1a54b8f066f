package io.sluice.proxy.upstream;

import io.netty.handler.ssl.NotSslRecordException;
import io.sluice.proxy.upstream.ServerVerifier.RejectedException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLException;

/** Why a handshake failed, in words for whoever wrote the DestinationRule. Pure. */
final class TlsFaults {
  private TlsFaults() {}

  static String reason(Throwable cause) {
    for (Throwable each = cause; each != null; each = each.getCause()) {
      switch (each) {
        case RejectedException rejected -> {
          return String.valueOf(rejected.getMessage());
        }
        case NotSslRecordException plain -> {
          return "the endpoint does not speak TLS, it answered in the clear (expected: a TLS port,"
              + " or tls.mode DISABLE in the DestinationRule)";
        }
        case ClosedChannelException closed -> {
          return "the endpoint closed the connection during the handshake: maybe it does not speak"
              + " TLS, or knows no such server name";
        }
        default -> {}
      }
    }
    return switch (cause) {
      case SSLException tls -> "the handshake failed: " + tls.getMessage();
      case IOException io -> "the connection broke during the handshake: " + io.getMessage();
      default -> "the handshake failed: " + cause;
    };
  }
}
