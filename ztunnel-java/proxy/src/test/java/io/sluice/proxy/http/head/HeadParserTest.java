package io.sluice.proxy.http.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is taken for a head, and what is not: RFC 9112 sections 2 to 6. */
class HeadParserTest {
  private static final String FULL =
      "POST /a%20b?c=d HTTP/1.1\r\nhOsT: reviews.shop:80\r\nX-Empty:\r\nX-Space: \t a b \t\r\n"
          + "X-High: \u00e4\u00ff\r\nConnection: Keep-Alive , x-hop\r\nX-Hop: 1\r\nContent-Length: 007\r\n"
          + "Accept: text/html\r\naccept: */*\r\n\r\n";

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
  }

  private static RequestHead request(String text) throws BadMessageException {
    HeadParser<RequestHead> parser = new HeadParser<>(new RequestHead(), 1000, 2000);
    assertThat(parser.parse(bytes(text))).as(text).isTrue();
    return parser.head();
  }

  private static ResponseHead response(String text) throws BadMessageException {
    HeadParser<ResponseHead> parser = new HeadParser<>(new ResponseHead(), 1000, 2000);
    assertThat(parser.parse(bytes(text))).as(text).isTrue();
    return parser.head();
  }

  private static int refused(String text) {
    try {
      return new HeadParser<>(new RequestHead(), 100, 200).parse(bytes(text)) ? 200 : 0;
    } catch (BadMessageException e) {
      assertThat(e.reason()).isNotEmpty();
      return e.status();
    }
  }

  private static void check(RequestHead head) {
    assertThat(head.method()).isEqualTo("POST");
    assertThat(head.target()).isEqualTo("/a%20b?c=d");
    assertThat(head.first(Name.HOST)).isEqualTo("reviews.shop:80");
    assertThat(head.value("x-empty")).contains("");
    assertThat(head.value("x-space")).contains("a b");
    assertThat(head.value("x-high")).contains("\u00e4\u00ff");
    assertThat(head.value("accept")).contains("text/html,*/*");
    assertThat(head.value("x-none")).isEmpty();
    assertThat(head.contentLength()).isEqualTo(7);
    assertThat(head.keepsAlive()).isTrue();
    ByteBuf out = Unpooled.buffer();
    head.write(out, Name.set(Name.CONNECTION));
    assertThat(out.toString(StandardCharsets.ISO_8859_1) + "\r\n")
        .isEqualTo(
            FULL.replace("Connection: Keep-Alive , x-hop\r\n", "").replace("X-Hop: 1\r\n", ""));
  }

  @Test
  void whatIsNotDroppedIsWrittenAsItCame() throws BadMessageException {
    check(request(FULL));
    ByteBuf out = Unpooled.buffer();
    request("GET http://a/ HTTP/1.0\r\nX:  y \r\nx:z\r\n\r\n").write(out, 0);
    assertThat(out.toString(StandardCharsets.ISO_8859_1))
        .isEqualTo("GET http://a/ HTTP/1.1\r\nX:  y \r\nx:z\r\n");
    out.clear();
    response("HTTP/1.0 200 So So\r\nA: b\r\n\r\n").write(out, 0);
    assertThat(out.toString(StandardCharsets.ISO_8859_1))
        .isEqualTo("HTTP/1.1 200 So So\r\nA: b\r\n");
  }

  @Test
  void everySplitReadsTheSameAndLeavesWhatFollows() throws BadMessageException {
    HeadParser<RequestHead> parser = new HeadParser<>(new RequestHead(), 1000, 2000);
    for (int split = 0; split <= FULL.length(); split++) {
      parser.begin();
      ByteBuf first = bytes(FULL.substring(0, split));
      ByteBuf second = bytes(FULL.substring(split) + "body");
      if (split == FULL.length()) {
        assertThat(parser.parse(first)).isTrue();
      } else {
        assertThat(parser.parse(first)).as("split at " + split).isFalse();
        assertThat(first.isReadable()).isFalse();
        assertThat(parser.parse(second)).as("split at " + split).isTrue();
      }
      assertThat(second.toString(StandardCharsets.ISO_8859_1)).endsWith("body");
      assertThat(second.readableBytes()).isEqualTo(split == FULL.length() ? 4 : 4);
      check(parser.head());
    }
  }

  @Test
  void byteForByteItReadsTheSame() throws BadMessageException {
    HeadParser<RequestHead> parser = new HeadParser<>(new RequestHead(), 1000, 2000);
    String large =
        FULL.replace("X-Empty:\r\n", "X-Empty:\r\nX-Large: " + "x".repeat(1500) + "\r\n");
    for (int at = 0; at < large.length() - 1; at++) {
      assertThat(parser.parse(bytes(large.substring(at, at + 1)))).isFalse();
    }
    assertThat(parser.parse(bytes("\n"))).isTrue();
    assertThat(parser.head().value("x-large"))
        .hasValueSatisfying(it -> assertThat(it).hasSize(1500));
    assertThat(parser.head().contentLength()).isEqualTo(7);
  }

  @Test
  void aRequestIsReadStrictly() {
    String rest = "\r\nHost: a\r\n\r\n";
    for (String line :
        List.of(
            "GET / HTTP/1.1\n",
            "GET /\r\n",
            "GET  / HTTP/1.1",
            "GET / HTTP/1.1 ",
            " GET / HTTP/1.1",
            "GET /a b HTTP/1.1",
            "GET /a\tb HTTP/1.1",
            "GET /a\0b HTTP/1.1",
            "GET /\u007f HTTP/1.1",
            "GET  HTTP/1.1",
            "G@T / HTTP/1.1",
            "G\u00c4T / HTTP/1.1",
            "GET / http/1.1",
            "GET / HTTP/1.10",
            "GET / HTTP/11",
            "GET / HTTP/1,1",
            "GET / HTTP/1.1\rX",
            "\nGET / HTTP/1.1",
            "\rGET / HTTP/1.1",
            "\r\n".repeat(6) + "GET / HTTP/1.1")) {
      assertThat(refused(line + rest)).as(line).isEqualTo(400);
    }
    assertThat(refused("GET / HTTP/2.0" + rest)).isEqualTo(505);
    assertThat(refused("GET /" + "x".repeat(100) + " HTTP/1.1" + rest)).isEqualTo(414);
    assertThat(refused("GET /" + "x".repeat(100))).isEqualTo(414);
    assertThat(refused("\r\nGET / HTTP/1.1" + rest)).isEqualTo(200);
    assertThat(refused("GET /\u00e4 HTTP/1.1" + rest)).isEqualTo(200);
  }

  @Test
  void fieldsAreReadStrictly() {
    for (String field :
        List.of(
            "X : y",
            "X\t: y",
            ": y",
            "X y",
            "X",
            " X: y",
            "X: y\r\n folded",
            "X: y\r\n\tfolded",
            "X: a\0b",
            "X: a\rb",
            "X: a\nY: b",
            "X: a\u0001b",
            "X: abcdefgh\u007f",
            "X\u00e4: y",
            "X(: y",
            "X\0: y",
            "Host: b",
            "Content-Length: 1\r\nContent-Length: 1",
            "Content-Length: 1, 1",
            "Content-Length: +1",
            "Content-Length: -1",
            "Content-Length: 0x1",
            "Content-Length:",
            "Content-Length: 1 1",
            "Content-Length: 9999999999999999999",
            "Content-Length: 1\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: chunked\r\nContent-Length: 1",
            "Connection: " + "a,".repeat(65))) {
      assertThat(refused("GET / HTTP/1.1\r\nHost: a\r\n" + field + "\r\n\r\n"))
          .as(field)
          .isEqualTo(400);
    }
    for (String coding :
        List.of("gzip", "chunked, chunked", "chunked;q=1", "\"chunked\"", "identity", "xchunked")) {
      assertThat(refused("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: " + coding + "\r\n\r\n"))
          .as(coding)
          .isEqualTo(501);
    }
    assertThat(refused("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n")).isEqualTo(400);
    assertThat(refused("GET / HTTP/1.1\r\nHost: a\r\nX: " + "y".repeat(200) + "\r\n\r\n"))
        .isEqualTo(431);
    assertThat(refused("GET / HTTP/1.1\r\nHost: a\r\nX: " + "y".repeat(200))).isEqualTo(431);
  }

  @Test
  void moreLinesThanCanBeWantedAreRefused() {
    HeadParser<RequestHead> parser = new HeadParser<>(new RequestHead(), 100, 100_000);
    assertThatThrownBy(() ->
            parser.parse(
                bytes(
                    "GET / HTTP/1.1\r\nHost: a\r\n" + "a:b\r\n".repeat(Head.FIELDS_MAX) + "\r\n")))
        .isInstanceOfSatisfying(
            BadMessageException.class, e -> assertThat(e.status()).isEqualTo(431));
  }

  @Test
  void aStatusLineMayLackItsReason() throws BadMessageException {
    assertThat(response("HTTP/1.1 200 \r\n\r\n").status()).isEqualTo(200);
    assertThat(response("HTTP/1.1 404\r\n\r\n").status()).isEqualTo(404);
    assertThat(response("HTTP/1.0 200 OK\r\n\r\n").keepsAlive()).isFalse();
    assertThat(response("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n").keepsAlive()).isTrue();
    assertThat(response("HTTP/1.1 200 OK\r\nConnection: x, close\r\n\r\n").keepsAlive()).isFalse();
  }

  @Test
  void aResponseIsReadStrictly() {
    for (String text :
        List.of(
            "HTTP/1.1 042 X\r\n",
            "HTTP/1.1 20 X\r\n",
            "HTTP/1.1 2000 X\r\n",
            "HTTP/1.1  200 X\r\n",
            "HTTP/1.1\r\n",
            "HTTP/2.0 200 X\r\n",
            "HTTP/1.1 200 a\0b\r\n",
            "HTTP/1.1 200 X\n",
            "HTTP/1.1 200 X\r\nTransfer-Encoding: gzip\r\n\r\n",
            "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
            "HTTP/1.1 200 X\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n")) {
      assertThatThrownBy(() -> response(text)).as(text).isInstanceOf(BadMessageException.class);
    }
  }

  @Test
  void theMemoryOfALargeHeadIsGivenBack() throws BadMessageException {
    HeadParser<RequestHead> parser = new HeadParser<>(new RequestHead(), 1000, 100_000);
    assertThat(
            parser.parse(
                bytes("GET / HTTP/1.1\r\nHost: a\r\nX: " + "y".repeat(90_000) + "\r\n\r\n")))
        .isTrue();
    assertThat(parser.head().bytes.length).isGreaterThan(90_000);
    parser.begin();
    assertThat(parser.head().bytes).hasSizeLessThan(10_000);
  }
}
