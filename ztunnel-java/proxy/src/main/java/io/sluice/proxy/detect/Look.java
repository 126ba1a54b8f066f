package io.sluice.proxy.detect;

import io.netty.buffer.ByteBuf;
import io.sluice.mesh.service.AppProtocol;
import java.util.Optional;
import java.util.Set;

/** How a connection is looked at, by what its port declares. */
sealed interface Look {
  /** Not at all. */
  record Not(Detected known) implements Look {}

  /** At its first bytes. */
  record At(Expected expected) implements Look {}

  /** What the port lets one expect, and what is made of anything else. */
  enum Expected {
    /** Nothing was declared. */
    ANYTHING(true) {
      @Override
      Optional<Detected> detect(ByteBuf bytes) {
        return FirstBytes.detect(bytes);
      }

      @Override
      Detected soFar(ByteBuf bytes) {
        return FirstBytes.soFar(bytes);
      }
    },

    /** Whoever speaks TLS or HTTP/2 there all the same is let through, not answered with 400. */
    HTTP(false) {
      @Override
      Optional<Detected> detect(ByteBuf bytes) {
        return FirstBytes.detectOnHttpPort(bytes);
      }

      @Override
      Detected soFar(ByteBuf bytes) {
        Detected found = FirstBytes.soFar(bytes);
        return found instanceof Detected.Opaque ? new Detected.Http1() : found;
      }
    },

    /** Plain HTTP there is the server's to refuse. */
    TLS(true) {
      @Override
      Optional<Detected> detect(ByteBuf bytes) {
        return FirstBytes.detect(bytes)
            .map(found -> found instanceof Detected.Http1 ? new Detected.Opaque() : found);
      }

      @Override
      Detected soFar(ByteBuf bytes) {
        return FirstBytes.soFar(bytes);
      }
    };

    private final boolean serverMayBeFirst;

    Expected(boolean serverMayBeFirst) {
      this.serverMayBeFirst = serverMayBeFirst;
    }

    /** Whether a client that says nothing may be one that waits for its server. */
    boolean serverMayBeFirst() {
      return serverMayBeFirst;
    }

    /**
     * @param bytes all that has come so far; neither moved nor released
     * @return empty: more bytes are needed
     */
    abstract Optional<Detected> detect(ByteBuf bytes);

    /** What it is taken for when no more is waited for. */
    abstract Detected soFar(ByteBuf bytes);
  }

  /**
   * The server speaks first there (SMTP, MySQL, MongoDB) or bytes would mislead (DNS): never looked
   * at, as in Istio.
   */
  Set<Integer> PORTS_NOT_LOOKED_AT = Set.of(25, 53, 3306, 27017);

  /**
   * @param port of the original destination
   */
  static Look of(AppProtocol declared, int port) {
    return switch (declared) {
      case HTTP -> new At(Expected.HTTP);
      case HTTP2, GRPC -> new Not(new Detected.Http2());
      case TLS -> new At(Expected.TLS);
      case TCP, UDP -> new Not(new Detected.Opaque());
      case UNDECLARED ->
          PORTS_NOT_LOOKED_AT.contains(port)
              ? new Not(new Detected.Opaque())
              : new At(Expected.ANYTHING);
    };
  }
}
