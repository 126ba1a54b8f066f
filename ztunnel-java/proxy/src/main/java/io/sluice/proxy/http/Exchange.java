package io.sluice.proxy.http;

import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import io.sluice.mesh.service.Endpoint;
import io.sluice.mesh.service.ServiceId;
import io.sluice.proxy.fault.Failure;
import io.sluice.proxy.fault.FaultExit;
import io.sluice.proxy.fault.ResponseFlag;
import io.sluice.proxy.intercept.InterceptedConnection;
import io.sluice.proxy.resilience.Deadline;
import io.sluice.proxy.transport.Transport;
import io.sluice.proxy.upstream.Acquired;
import io.sluice.proxy.upstream.UpstreamConnection;
import io.sluice.proxy.upstream.UpstreamTarget;
import io.sluice.proxy.upstream.Upstreams;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request with its response, over all attempts. It ends exactly once, and is counted then.
 *
 * <pre>
 *   start --> CONNECTING --> RUNNING --> ENDING --> OVER
 *                 |  ^          |          ^
 *                 |  +--stale---+          |     a pooled connection had been closed: once more, on a new one
 *                 +----------------------- +     an answer of our own
 * </pre>
 *
 * <p>Event loop of the connection only.
 */
final class Exchange {
  private enum State {
    /** No upstream connection yet. */
    CONNECTING,
    /** The request is being sent, or the response received. */
    RUNNING,
    /** The response is written, but the kernel has not taken it all. */
    ENDING,
    OVER
  }

  /** What the piece that comes next from the upstream belongs to. */
  private enum Response {
    NONE,
    INTERIM,
    FINAL,
    TUNNEL
  }

  /** RFC 9110 section 9.2.2: to send them twice does what sending them once does. */
  private static final Set<HttpMethod> IDEMPOTENT =
      Set.of(
          HttpMethod.GET,
          HttpMethod.HEAD,
          HttpMethod.OPTIONS,
          HttpMethod.TRACE,
          HttpMethod.PUT,
          HttpMethod.DELETE);

  /** The second is for a pooled connection that had been closed meanwhile. */
  private static final int ATTEMPTS_MAX = 2;

  private final DownstreamHandler downstream;
  private final InterceptedConnection connection;
  private final HttpServices services;
  private final HttpRooms rooms;
  private final HttpRequest request;
  private final long startNanos;
  private final boolean hasBody;

  private State state = State.CONNECTING;
  private Response response = Response.NONE;
  private Optional<ServiceId> service = Optional.empty();
  private Optional<Endpoint> endpoint = Optional.empty();
  private HttpPlan.@Nullable Forward plan;
  private Upstreams.@Nullable Cancellation wish;
  private @Nullable UpstreamConnection upstream;
  private @Nullable UpstreamHandler upstreamHandler;
  private @Nullable Future<?> timer;
  private boolean requestComplete;
  private boolean bodyStarted;
  private int attempts;
  private boolean upstreamKeepAlive;
  private boolean keep;
  private int status;
  private long requestBytes;
  private long responseBytes;

  Exchange(
      DownstreamHandler downstream,
      InterceptedConnection connection,
      HttpServices services,
      HttpRooms rooms,
      HttpRequest request,
      long startNanos) {
    this.downstream = downstream;
    this.connection = connection;
    this.services = services;
    this.rooms = rooms;
    this.request = request;
    this.startNanos = startNanos;
    this.hasBody = request.decoderResult().isSuccess() && Heads.hasBody(request);
    this.requestComplete = !hasBody;
  }

  void start() {
    HttpPlan decided = rooms.plan(request, startNanos);
    service = decided.service();
    switch (decided) {
      case HttpPlan.Refuse refuse -> refuse(refuse.failure());
      case HttpPlan.Forward forward -> {
        plan = forward;
        forward.deadline().ifPresent(deadline -> startTimer(forward, deadline));
        Heads.forward(request, connection.originalDestination(), services.requestIds());
        acquire(forward, true);
      }
    }
  }

  /** Answers without an upstream. */
  void refuse(Failure failure) {
    fail(failure);
  }

  private void startTimer(HttpPlan.Forward forward, Deadline deadline) {
    timer =
        downstream
            .channel()
            .eventLoop()
            .schedule(
                () -> fail(new Failure.RouteTimeout(forward.route(), deadline.limit())),
                deadline.remainingNanos(services.nanoClock().getAsLong()),
                TimeUnit.NANOSECONDS);
  }

  // Upstream connection.

  private void acquire(HttpPlan.Forward forward, boolean reuse) {
    state = State.CONNECTING;
    int attempt = ++attempts;
    UpstreamTarget target = new UpstreamTarget(forward.cluster(), connection, reuse);
    Upstreams.Cancellation asked =
        services.upstreams().acquire(target, downstream.channel().eventLoop(), this::acquired);
    // It may have been answered before it returned, and another one begun.
    if (state == State.CONNECTING && attempt == attempts) {
      wish = asked;
    }
  }

  private void acquired(Acquired acquired) {
    wish = null;
    switch (acquired) {
      case Acquired.Ready ready -> run(ready.connection());
      case Acquired.Failed failed -> fail(failed.failure());
    }
  }

  private void run(UpstreamConnection lent) {
    state = State.RUNNING;
    upstream = lent;
    endpoint = Optional.of(lent.endpoint());
    upstreamHandler = UpstreamHandler.of(lent.channel(), services.limits());
    upstreamHandler.begin(this, request.method());
    if (!lent.channel().isActive()) {
      upstreamClosed(false);
      return;
    }
    upstreamHandler.write(request);
    if (!hasBody) {
      upstreamHandler.write(LastHttpContent.EMPTY_LAST_CONTENT);
    }
    upstreamHandler.flush();
    if (state == State.RUNNING) {
      upstreamHandler.demand();
    }
    if (state == State.RUNNING && hasBody) {
      downstream.demandBody();
    }
  }

  // The request's body: client -> upstream.

  /** Takes over the content. */
  void requestContent(HttpContent content) {
    if (!hasBody || state != State.RUNNING || upstreamHandler == null) {
      content.release();
      return;
    }
    if (content.decoderResult().isFailure()) {
      content.release();
      fail(
          new Failure.BadRequest(
              400, "request body: " + content.decoderResult().cause().getMessage()));
      return;
    }
    bodyStarted = true;
    requestBytes += content.content().readableBytes();
    requestComplete = content instanceof LastHttpContent;
    upstreamHandler.write(content);
    if (!requestComplete && upstreamHandler.isWritable()) {
      downstream.demandBody();
    }
  }

  void flushUpstream() {
    if (state == State.RUNNING && upstreamHandler != null) {
      upstreamHandler.flush();
    }
  }

  void upstreamWritable() {
    if (state == State.RUNNING && !requestComplete) {
      downstream.demandBody();
    }
  }

  boolean requestComplete() {
    return requestComplete;
  }

  // The response: upstream -> client.

  void responseHead(HttpResponse head) {
    if (head.decoderResult().isFailure()) {
      undecodable(head.decoderResult().cause());
      return;
    }
    int code = head.status().code();
    if (Heads.opensTunnel(request.method(), code)) {
      tunnelHead(head, code);
    } else if (code < 200) {
      response = Response.INTERIM;
      if (!downstream.client10()) {
        Heads.forwardInterim(head);
        downstream.write(head);
      }
    } else {
      finalHead(head, code);
    }
  }

  private void finalHead(HttpResponse head, int code) {
    response = Response.FINAL;
    status = code;
    boolean body = Heads.hasBody(head, request.method());
    upstreamKeepAlive = HttpUtil.isKeepAlive(head) && (!body || Heads.isDelimited(head));
    keep =
        Heads.forwardFinal(head, request.method(), downstream.client10(), downstream.keepAlive());
    downstream.write(head);
    if (body && downstream.isWritable() && upstreamHandler != null) {
      upstreamHandler.demand();
    }
  }

  private void tunnelHead(HttpResponse head, int code) {
    if (code == 101 && !Heads.wantsUpgrade(request)) {
      fail(
          new Failure.UpstreamProtocolError(
              address(), "101 without an upgrade that was asked for"));
      return;
    }
    response = Response.TUNNEL;
    status = code;
    Heads.forwardTunnel(head);
    downstream.write(head);
  }

  /** Takes over the content. */
  void responseContent(HttpContent content) {
    if (state != State.RUNNING || upstreamHandler == null) {
      content.release();
      return;
    }
    if (content.decoderResult().isFailure()) {
      content.release();
      undecodable(content.decoderResult().cause());
      return;
    }
    boolean last = content instanceof LastHttpContent;
    switch (response) {
      case NONE -> content.release();
      case INTERIM -> interimEnd(content);
      case FINAL -> {
        responseBytes += content.content().readableBytes();
        ChannelFuture written = downstream.write(content);
        if (last) {
          responseEnd(written);
        } else if (downstream.isWritable()) {
          upstreamHandler.demand();
        }
      }
      case TUNNEL -> tunnel(downstream.write(content));
    }
  }

  private void interimEnd(HttpContent end) {
    response = Response.NONE;
    if (downstream.client10()) {
      end.release();
    } else {
      downstream.write(end);
      downstream.flush();
    }
    if (upstreamHandler != null && downstream.isWritable()) {
      upstreamHandler.demand();
    }
  }

  void flushDownstream() {
    if (state == State.RUNNING || state == State.ENDING) {
      downstream.flush();
    }
  }

  void downstreamWritable() {
    if (state == State.RUNNING && response != Response.TUNNEL && upstreamHandler != null) {
      upstreamHandler.demand();
    }
  }

  private void responseEnd(ChannelFuture written) {
    giveBack();
    end(written, ResponseFlag.NONE);
    // The upstream's end of reading is not ours to see any more.
    downstream.flush();
  }

  /** Back to the pool if it could carry another request; closed if any doubt is left. */
  private void giveBack() {
    UpstreamConnection lent = upstream;
    UpstreamHandler handler = upstreamHandler;
    upstream = null;
    upstreamHandler = null;
    if (lent != null && handler != null) {
      boolean reusable = upstreamKeepAlive && requestComplete && handler.isClean();
      handler.end();
      if (reusable) {
        lent.release();
      } else {
        lent.discard();
      }
    }
  }

  // Ends.

  /** The upstream closed or reset, or what it sent ended too early. */
  void upstreamClosed(boolean reset) {
    if (state != State.RUNNING) {
      return;
    }
    if (mayBeStale() && plan != null) {
      discardUpstream();
      acquire(plan, false);
      return;
    }
    fail(new Failure.UpstreamClosed(address(), reset));
  }

  /**
   * A kept connection that the server had closed before the request reached it. Once more is safe
   * if none of the request was handled, or if handling it twice changes nothing; a body that has
   * begun to flow can't be had again.
   */
  private boolean mayBeStale() {
    return attempts < ATTEMPTS_MAX
        && upstream != null
        && upstream.reused()
        && response == Response.NONE
        && status == 0
        && !bodyStarted
        && (upstreamHandler == null
            || !upstreamHandler.hasWritten()
            || IDEMPOTENT.contains(request.method()));
  }

  private void undecodable(Throwable cause) {
    if (cause instanceof PrematureChannelClosureException) {
      upstreamClosed(false);
    } else {
      fail(new Failure.UpstreamProtocolError(address(), String.valueOf(cause.getMessage())));
    }
  }

  /** Ends it with what the fire exit says; does nothing when it has already ended. */
  void fail(Failure failure) {
    if (state == State.OVER || state == State.ENDING) {
      return;
    }
    discardUpstream();
    switch (FaultExit.of(failure)) {
      case FaultExit.Answer answer when status == 0 -> {
        status = answer.status();
        keep = downstream.keepAlive() && requestComplete && !answer.close();
        end(downstream.answer(answer, keep), answer.flag());
      }
      case FaultExit.Answer answer -> reset(answer.flag());
      case FaultExit.Reset reset -> reset(reset.flag());
    }
  }

  private void reset(ResponseFlag flag) {
    keep = false;
    over(flag);
    downstream.reset();
  }

  private void discardUpstream() {
    if (wish != null) {
      wish.cancel();
      wish = null;
    }
    if (upstreamHandler != null) {
      upstreamHandler.end();
      upstreamHandler = null;
    }
    if (upstream != null) {
      // A reset, so that the server sees at once that nobody waits for it any more.
      Transport.reset(upstream.channel());
      upstream.discard();
      upstream = null;
    }
  }

  /** The last byte is written; it is over when the kernel has it, or never will. */
  private void end(ChannelFuture written, ResponseFlag flag) {
    state = State.ENDING;
    cancelTimer();
    written.addListener(done -> {
      over(done.isSuccess() ? flag : ResponseFlag.DOWNSTREAM_CLOSED);
      downstream.ended(keep && done.isSuccess(), requestComplete);
    });
  }

  private void over(ResponseFlag flag) {
    state = State.OVER;
    cancelTimer();
    long durationNanos = services.nanoClock().getAsLong() - startNanos;
    rooms
        .edge(service, endpoint)
        .finished(status, flag, durationNanos, requestBytes, responseBytes);
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  private InetSocketAddress address() {
    return endpoint.map(Endpoint::address).orElse(connection.originalDestination());
  }

  // Tunnel.

  /**
   * From here on bytes go both ways unread; the timeout ends with the response head, as in Envoy.
   */
  private void tunnel(ChannelFuture headWritten) {
    UpstreamConnection lent = upstream;
    UpstreamHandler handler = upstreamHandler;
    if (lent == null || handler == null) {
      return;
    }
    cancelTimer();
    downstream.flush();
    if (!headWritten.isSuccess() && headWritten.isDone()) {
      fail(new Failure.ClientGone());
      return;
    }
    state = State.ENDING;
    upstream = null;
    upstreamHandler = null;
    handler.end();
    Tunnel.open(
        downstream,
        handler,
        lent,
        (fromClient, toClient) -> {
          requestBytes += fromClient;
          responseBytes += toClient;
          services.upstreams().downstreamClosed(connection, downstream.channel().eventLoop());
          over(ResponseFlag.NONE);
        });
  }
}
