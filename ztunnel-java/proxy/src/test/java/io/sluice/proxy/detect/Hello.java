package io.sluice.proxy.detect;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** ClientHellos for tests: written by hand, right or wrong, or as a library sent them. */
final class Hello {
  static final int GREASE = 0x0a0a;
  static final int KEY_SHARE = 51;
  static final int ENCRYPTED_HELLO = 0xfe0d;

  private final ByteArrayOutputStream extensions = new ByteArrayOutputStream();

  /** One that was captured; the file says from which library. */
  static byte[] captured(String name) {
    try (InputStream in = Hello.class.getResourceAsStream(name + ".hex")) {
      if (in == null) {
        throw new AssertionError("no resource " + name + ".hex beside this class");
      }
      String hex = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** With one server name extension of these names, all host names. */
  static Hello named(String... names) {
    return new Hello().names(names);
  }

  Hello names(String... names) {
    ByteArrayOutputStream list = new ByteArrayOutputStream();
    for (String name : names) {
      put(list, 1, 0);
      putSized(list, 2, name.getBytes(StandardCharsets.ISO_8859_1));
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    putSized(body, 2, list.toByteArray());
    return extension(0, body.toByteArray());
  }

  Hello extension(int type, byte... body) {
    put(extensions, 2, type);
    putSized(extensions, 2, body);
    return this;
  }

  /** The handshake message. */
  byte[] message() {
    ByteArrayOutputStream body = upToExtensions();
    putSized(body, 2, extensions.toByteArray());
    return message(body.toByteArray());
  }

  byte[] messageWithoutExtensions() {
    return message(upToExtensions().toByteArray());
  }

  private static ByteArrayOutputStream upToExtensions() {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    put(body, 2, 0x0303);
    body.writeBytes(new byte[32]);
    putSized(body, 1, new byte[8]);
    putSized(body, 2, new byte[] {0x0a, 0x0a, 0x13, 0x01});
    putSized(body, 1, new byte[1]);
    return body;
  }

  private static byte[] message(byte[] body) {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    put(message, 1, 1);
    putSized(message, 3, body);
    return message.toByteArray();
  }

  byte[] inOneRecord() {
    return inRecords(message(), 16 * 1024);
  }

  /**
   * @param size of the message's pieces, each in a record of its own
   */
  static byte[] inRecords(byte[] message, int size) {
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    for (int from = 0; from < message.length; from += size) {
      int length = Math.min(size, message.length - from);
      put(records, 1, 0x16);
      put(records, 2, 0x0301);
      put(records, 2, length);
      records.write(message, from, length);
    }
    return records.toByteArray();
  }

  private static void putSized(ByteArrayOutputStream to, int lengthBytes, byte[] body) {
    put(to, lengthBytes, body.length);
    to.writeBytes(body);
  }

  private static void put(ByteArrayOutputStream to, int bytes, int value) {
    for (int i = bytes - 1; i >= 0; i--) {
      to.write(value >>> 8 * i);
    }
  }
}
