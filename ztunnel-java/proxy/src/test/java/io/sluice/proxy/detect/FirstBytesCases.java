package io.sluice.proxy.detect;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** What connections begin with, and what that is on a port that declares nothing. */
final class FirstBytesCases {
  static final Detected HTTP1 = new Detected.Http1();
  static final Detected HTTP2 = new Detected.Http2();
  static final Detected OPAQUE = new Detected.Opaque();
  static final Detected NAMELESS = new Detected.Tls(Optional.empty());

  /** One beginning. The answer comes with the last byte at the latest. */
  record Case(String name, byte[] bytes, Detected expected) {
    @Override
    public String toString() {
      return name;
    }
  }

  private final Map<String, Case> all = new LinkedHashMap<>();

  private FirstBytesCases() {
    http();
    opaque();
    captured();
    madeHere();
    names();
    shapes();
    malformed();
  }

  static Iterable<Case> all() {
    return new FirstBytesCases().all.values();
  }

  static Detected tls(String name) {
    return new Detected.Tls(Optional.of(name));
  }

  private void http() {
    add("GET / HTTP/1.1\r\n", HTTP1);
    add("GET / HTTP/1.0\r\n", HTTP1);
    add("PROPFIND /a?b=c HTTP/1.1\r\n", HTTP1);
    add("x!#$%&'*+-.^_`|~9 * HTTP/1.1\r\n", HTTP1);
    add("CONNECT a:443 HTTP/1.1\r\n", HTTP1);
    add("PRI /x HTTP/1.1\r\n", HTTP1);
    add("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", HTTP2);
  }

  private void opaque() {
    add("\u0016\u0003\u0001\u0000\u00a5\u0002\u0000\u0000", OPAQUE);
    add("\u0016\u0002\u0001\u0000\u00a5\u0001", OPAQUE);
    add("\u0016\u0003\u0009\u0000\u00a5\u0001", OPAQUE);
    add("*3\r\n$3\r\nSET\r\n", OPAQUE);
    add("EHLO mail.example\r\n", OPAQUE);
    add("GET / HTTP/2.0\r\n", OPAQUE);
    add("GET  / HTTP/1.1\r\n", OPAQUE);
    add(" GET / HTTP/1.1\r\n", OPAQUE);
    add("GET /\r\n", OPAQUE);
    add("SSH-2.0-OpenSSH_9.2\r\n", OPAQUE);
    add("\u0000\u0000\u0000\u0017", OPAQUE);
    // PostgreSQL's SSLRequest; an SSL 2.0 hello.
    add("\u0000\u0000\u0000\u0008\u0004\u00d2\u0016\u002f", OPAQUE);
    add("\u0080\u002e\u0001\u0003\u0001\u0000\u0015\u0000\u0000\u0000\u0010", OPAQUE);
  }

  private void captured() {
    add("OpenSSL, TLS 1.3", Hello.captured("openssl-tls13"), tls("db.example.com"));
    add("OpenSSL, TLS 1.2", Hello.captured("openssl-tls12"), tls("openssl.example.com"));
    add("OpenSSL without name", Hello.captured("openssl-without-name"), NAMELESS);
    byte[] large = Hello.captured("go-x25519mlkem768");
    add("Go, key share X25519MLKEM768", large, tls("go.example.com"));
    byte[] message = Arrays.copyOfRange(large, 5, large.length);
    add("the same in records of 100", Hello.inRecords(message, 100), tls("go.example.com"));
  }

  private void madeHere() {
    add("JDK", hello(SslProvider.JDK, "jdk.example.com"), tls("jdk.example.com"));
    add("JDK without name", hello(SslProvider.JDK, ""), NAMELESS);
    add("BoringSSL", hello(SslProvider.OPENSSL, "boring.example.com"), tls("boring.example.com"));
  }

  private void names() {
    add("upper case", Hello.named("DB.Example.COM"), tls("db.example.com"));
    add("a dot at the end", Hello.named("db.example.com."), tls("db.example.com"));
    add("underscores, digits", Hello.named("my_db-0.9x"), tls("my_db-0.9x"));
    add("one label", Hello.named("db"), tls("db"));
    add("several names", Hello.named("a.example", "b.example"), tls("a.example"));
    add("a bad name, then a good one", Hello.named("10.0.0.1", "b.example"), tls("b.example"));
    add("IPv4 address", Hello.named("10.0.0.1"), NAMELESS);
    add("IPv6 address", Hello.named("2001:db8::1"), NAMELESS);
    add("empty name", Hello.named(""), NAMELESS);
    add("only a dot", Hello.named("."), NAMELESS);
    add("empty label", Hello.named("a..b"), NAMELESS);
    add("dot first", Hello.named(".a"), NAMELESS);
    add("long label", Hello.named("a".repeat(64)), NAMELESS);
    add("longest label", Hello.named("a".repeat(63)), tls("a".repeat(63)));
    add("longest name", Hello.named("a.".repeat(126) + "b"), tls("a.".repeat(126) + "b"));
    add("too long name", Hello.named("a.".repeat(150) + "b"), NAMELESS);
    add("spaces", Hello.named("a b"), NAMELESS);
    add("a zero", Hello.named("a\0b"), NAMELESS);
    add("not ASCII", Hello.named("b\u00fccher.example"), NAMELESS);
    add("wildcard", Hello.named("*.example"), NAMELESS);
  }

  private void shapes() {
    add("empty extensions", new Hello(), NAMELESS);
    add(
        "no extensions",
        Hello.inRecords(new Hello().messageWithoutExtensions(), 16 * 1024),
        NAMELESS);
    add(
        "GREASE first and last",
        new Hello().extension(Hello.GREASE).names("a.example").extension(Hello.GREASE, (byte) 0),
        tls("a.example"));
    add(
        "encrypted inner hello: the outer name",
        new Hello().extension(Hello.ENCRYPTED_HELLO, new byte[200]).names("outer.example"),
        tls("outer.example"));
    Hello big = new Hello().extension(Hello.KEY_SHARE, new byte[40_000]).names("big.example");
    add("40,000 bytes of key shares", big, tls("big.example"));
    byte[] small = Hello.named("a.example").message();
    for (int size : new int[] {1, 2, 3, 7, 50}) {
      add("records of " + size, Hello.inRecords(small, size), tls("a.example"));
    }
  }

  private void malformed() {
    add("name longer than its list", new Hello().extension(0, b(0, 4, 0, 0, 9, 'a')), NAMELESS);
    add("list longer than its extension", new Hello().extension(0, b(0, 9, 0, 0, 1)), NAMELESS);
    add("list shorter than its extension", new Hello().extension(0, b(0, 0, 0)), NAMELESS);
    add("name extension without list", new Hello().extension(0), NAMELESS);
    add("name extension of one byte", new Hello().extension(0, b(0)), NAMELESS);
    add(
        "a kind of name that nobody knows",
        new Hello().extension(0, b(0, 4, 7, 0, 1, 9)),
        NAMELESS);
    byte[] good = Hello.named("a.example").inOneRecord();
    add("longer than 64 KiB", changed(good, 6, 2), NAMELESS);
    add("a message of no bytes", changed(changed(good, 7, 0), 8, 0), NAMELESS);
    add("session id beyond the end", changed(good, 43, 255), NAMELESS);
    add("cipher suites beyond the end", changed(good, 52, 255), NAMELESS);
    add("extensions beyond the end", changed(good, 60, 255), NAMELESS);
    byte[] pieces = Hello.inRecords(Hello.named("a.example").message(), 30);
    add("an alert between", changed(pieces, 35, 0x15), NAMELESS);
    add("an old version between", changed(pieces, 36, 2), NAMELESS);
    add("an empty record between", changed(pieces, 39, 0), NAMELESS);
    add("a record too large between", changed(pieces, 38, 0x50), NAMELESS);
  }

  private void add(String text, Detected expected) {
    add(text, text.getBytes(StandardCharsets.ISO_8859_1), expected);
  }

  private void add(String name, Hello hello, Detected expected) {
    byte[] message = hello.message();
    add(name, Hello.inRecords(message, 16 * 1024), expected);
  }

  private void add(String name, byte[] bytes, Detected expected) {
    if (all.put(name, new Case(name, bytes, expected)) != null) {
      throw new AssertionError("two cases: " + name);
    }
  }

  private static byte[] b(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static byte[] changed(byte[] bytes, int at, int value) {
    byte[] changed = bytes.clone();
    changed[at] = (byte) value;
    return changed;
  }

  /** As Java's or BoringSSL's client begins. */
  private static byte[] hello(SslProvider provider, String name) {
    try {
      SslContext context = SslContextBuilder.forClient().sslProvider(provider).build();
      ByteBufAllocator alloc = UnpooledByteBufAllocator.DEFAULT;
      SSLEngine engine =
          name.isEmpty() ? context.newEngine(alloc) : context.newEngine(alloc, name, 443);
      try {
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), out);
        return Arrays.copyOf(out.array(), out.position());
      } finally {
        ReferenceCountUtil.release(engine);
        ReferenceCountUtil.release(context);
      }
    } catch (SSLException e) {
      throw new AssertionError(provider + " makes no ClientHello", e);
    }
  }
}
