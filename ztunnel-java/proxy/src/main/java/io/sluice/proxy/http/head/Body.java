package io.sluice.proxy.http.head;

import io.netty.buffer.ByteBuf;

/**
 * Where a message's body ends, and how many of the bytes that came are its own and not framing. The
 * bytes stay where they are: it is told how many there are, and says how many of them go on.
 */
public final class Body {
  private enum Kind {
    LENGTH,
    CHUNKED,
    /** As long as the connection: responses only. */
    UNTIL_CLOSE
  }

  private final Chunks chunks;
  private Kind kind = Kind.LENGTH;
  private long left;
  private boolean unframed;
  private long counted;

  /**
   * @param trailerBytesMax of all trailer lines of a chunked body
   */
  public Body(int trailerBytesMax) {
    this.chunks = new Chunks(trailerBytesMax);
  }

  /** A request's, or that of a response with a body. */
  public void begin(Head head) {
    unframed = false;
    counted = 0;
    left = head.contentLength();
    if (head.isChunked()) {
      kind = Kind.CHUNKED;
      chunks.begin();
    } else {
      kind = left < 0 ? Kind.UNTIL_CLOSE : Kind.LENGTH;
    }
  }

  /** From now on the framing of chunks is left out: for whoever does not know them. */
  public void dropFraming() {
    unframed = true;
  }

  /**
   * How many of the bytes that can be read go on in one piece. What comes before them is framing
   * that is left out, and has been skipped.
   *
   * @param max bytes of a piece
   */
  public int take(ByteBuf in, int max) throws BadMessageException {
    int here = Math.min(in.readableBytes(), max);
    return switch (kind) {
      case LENGTH -> {
        int taken = (int) Math.min(here, left);
        left -= taken;
        counted = taken;
        yield taken;
      }
      case UNTIL_CLOSE -> {
        counted = here;
        yield here;
      }
      case CHUNKED -> {
        int taken = unframed ? chunks.data(in, max) : chunks.run(in, in.readerIndex(), here);
        counted = unframed ? taken : chunks.dataBytes();
        yield taken;
      }
    };
  }

  /** Of what was taken last: bytes of the body, without framing. */
  public long counted() {
    return counted;
  }

  /** Whether all has been taken. Never so for one that ends with the connection. */
  public boolean isComplete() {
    return switch (kind) {
      case LENGTH -> left == 0;
      case CHUNKED -> chunks.isComplete();
      case UNTIL_CLOSE -> false;
    };
  }

  /** Whether the end of the connection is its end. */
  public boolean endsWithConnection() {
    return kind == Kind.UNTIL_CLOSE;
  }
}
