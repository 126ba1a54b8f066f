package io.sluice.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.sluice.proxy.fault.FaultExit;

/** Answers of our own, as bytes. Pure. */
final class OwnAnswers {
  private OwnAnswers() {}

  /**
   * @param method of the request
   * @param client10 the client speaks HTTP/1.0
   * @param keep the client's connection is kept
   */
  static ByteBuf bytes(
      ByteBufAllocator alloc,
      FaultExit.Answer answer,
      String method,
      boolean client10,
      boolean keep) {
    int status = answer.status();
    StringBuilder head = new StringBuilder(128);
    head.append("HTTP/1.1 ").append(HttpResponseStatus.valueOf(status)).append("\r\n");
    if (status != 204 && status != 304) {
      head.append("content-length: ").append(ByteBufUtil.utf8Bytes(answer.body()));
      head.append("\r\ncontent-type: text/plain; charset=utf-8\r\n");
    }
    if (!keep) {
      head.append("connection: close\r\n");
    } else if (client10) {
      head.append("connection: keep-alive\r\n");
    }
    ByteBuf bytes = alloc.ioBuffer(head.length() + answer.body().length());
    ByteBufUtil.writeAscii(bytes, head.append("\r\n"));
    if (Heads.mayHaveBody(status, method)) {
      ByteBufUtil.writeUtf8(bytes, answer.body());
    }
    return bytes;
  }
}
