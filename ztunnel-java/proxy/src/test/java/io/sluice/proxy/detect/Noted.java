package io.sluice.proxy.detect;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes down what becomes of a connection. */
final class Noted implements Detection.Outcome {
  final List<Detected> detected = new ArrayList<>();
  final List<Runnable> serverSpeaks = new ArrayList<>();
  int gone;

  /** What follows is out of order. */
  boolean fault;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  @Override
  public void silent(Runnable tell) {
    serverSpeaks.add(tell);
  }

  @Override
  public void detected(Detected protocol, ByteBuf first) {
    detected.add(protocol);
    if (fault) {
      throw new IllegalStateException("a fault, made by a test");
    }
    take(first);
  }

  @Override
  public void gone() {
    gone++;
  }

  void take(ByteBuf more) {
    byte[] copy = new byte[more.readableBytes()];
    more.readBytes(copy);
    bytes.writeBytes(copy);
    more.release();
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }

  String text() {
    return bytes.toString(StandardCharsets.ISO_8859_1);
  }
}
