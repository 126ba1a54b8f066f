package io.sluice.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.sluice.mesh.service.Endpoint;
import io.sluice.mesh.service.ServiceId;
import io.sluice.proxy.fault.Failure;
import io.sluice.proxy.fault.FaultExit;
import io.sluice.proxy.fault.ResponseFlag;
import io.sluice.proxy.http.head.BadMessageException;
import io.sluice.proxy.http.head.RequestHead;
import io.sluice.proxy.http.head.ResponseHead;
import io.sluice.proxy.intercept.InterceptedConnection;
import io.sluice.proxy.resilience.Deadline;
import io.sluice.proxy.telemetry.MeshTelemetry.HttpEdge;
import io.sluice.proxy.upstream.UpstreamConnection;
import io.sluice.proxy.upstream.UpstreamTarget;
import io.sluice.proxy.upstream.UpstreamTarget.Carries;
import java.net.InetSocketAddress;
import java.util.Optional;
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
 * <p>{@link RequestSide} and {@link ResponseSide} know how far the two messages have come, {@link
 * Attempt} has the upstream; here is decided what happens next. Event loop of the connection only.
 */
final class Exchange {
  private enum State {
    /** No upstream connection yet. */
    CONNECTING,
    /** The request is being sent, or the response received. */
    RUNNING,
    /** The response is written, but the kernel has not taken it all; or it is a tunnel. */
    ENDING,
    OVER
  }

  /** The second is for a pooled connection that had been closed meanwhile. */
  private static final int ATTEMPTS_MAX = 2;

  private final DownstreamHandler downstream;
  private final InterceptedConnection connection;
  private final HttpServices services;
  private final HttpRooms rooms;
  private final RequestSide request;
  private final ResponseSide response;
  private final long startNanos;

  private State state = State.CONNECTING;
  private Optional<ServiceId> service = Optional.empty();
  private Optional<Endpoint> endpoint = Optional.empty();
  private Optional<HttpEdge> called = Optional.empty();
  private HttpPlan.@Nullable Forward plan;
  private Attempt attempt = new Attempt(this);
  private int attempts;

  Exchange(
      DownstreamHandler downstream,
      InterceptedConnection connection,
      HttpServices services,
      HttpRooms rooms,
      RequestHead head,
      boolean whole,
      long startNanos) {
    this.downstream = downstream;
    this.connection = connection;
    this.services = services;
    this.rooms = rooms;
    this.request = new RequestSide(head, downstream, whole);
    this.response = new ResponseSide(this, downstream, request.method());
    this.startNanos = startNanos;
  }

  void start() {
    HttpPlan decided = rooms.plan(request.head(), startNanos);
    service = decided.service();
    switch (decided) {
      case HttpPlan.Refuse refuse -> fail(refuse.failure());
      case HttpPlan.Forward forward -> {
        plan = forward;
        limit(forward.deadline());
        request.identify(services.requestIds());
        attempt(forward, true);
      }
    }
  }

  private void limit(Optional<Deadline> deadline) {
    if (deadline.isPresent()) {
      long now = services.nanoClock().getAsLong();
      downstream.timer().set(deadline.get().remainingNanos(now));
    }
  }

  /** Its deadline has come. */
  void late() {
    HttpPlan.Forward forward = plan;
    if (forward != null && forward.deadline().isPresent()) {
      fail(new Failure.RouteTimeout(forward.route().get(), forward.deadline().get().limit()));
    }
  }

  // Attempts.

  private void attempt(HttpPlan.Forward forward, boolean reuse) {
    state = State.CONNECTING;
    attempts++;
    called = Optional.empty();
    attempt.begin(
        services.upstreams(),
        new UpstreamTarget(forward.cluster(), connection, reuse, Carries.HTTP),
        loop());
  }

  /** The attempt has its connection. */
  void connected(UpstreamConnection to) {
    state = State.RUNNING;
    endpoint = Optional.of(to.endpoint());
    called = rooms.calledEdge(to, request.head());
    if (!attempt.open(request.method(), services.limits())) {
      upstreamClosed(false);
      return;
    }
    request.begin(attempt, connection.originalDestination());
    if (state == State.RUNNING) {
      attempt.demand();
    }
    if (state == State.RUNNING) {
      request.demand();
    }
    if (state == State.RUNNING && !downstream.isDecoding()) {
      attempt.flush();
    }
  }

  // The request: client -> upstream.

  /** Takes over the piece. */
  void requestPiece(ByteBuf piece, long bodyBytes, boolean last) {
    if (!request.hasBody() || state == State.ENDING || state == State.OVER) {
      piece.release();
    } else if (state == State.CONNECTING) {
      request.hold(piece, bodyBytes, last);
    } else {
      request.content(piece, bodyBytes, last, attempt);
    }
  }

  void flushUpstream() {
    if (state == State.RUNNING) {
      attempt.flush();
    }
  }

  void upstreamWritable() {
    if (state == State.RUNNING) {
      request.demand();
    }
  }

  boolean requestComplete() {
    return request.isComplete();
  }

  // The response: upstream -> client.

  void responseHead(ResponseHead head) {
    if (state != State.RUNNING) {
      return;
    }
    String bad = ResponseCheck.check(head, request);
    if (bad != null) {
      fail(new Failure.UpstreamProtocolError(address(), bad));
    } else {
      response.head(head, attempt);
    }
  }

  /** Takes over the piece. */
  void responsePiece(ByteBuf piece, long bodyBytes, boolean last) {
    if (state != State.RUNNING) {
      piece.release();
    } else {
      response.content(piece, bodyBytes, last, attempt);
    }
  }

  /** What the upstream sent is not HTTP/1. */
  void undecodable(BadMessageException why) {
    if (state == State.RUNNING) {
      fail(new Failure.UpstreamProtocolError(address(), why.reason()));
    }
  }

  void flushDownstream() {
    if (state == State.RUNNING || state == State.ENDING) {
      downstream.flush();
    }
  }

  void downstreamWritable() {
    if (state == State.RUNNING && !response.isTunnel()) {
      attempt.demand();
    }
  }

  /** Its last piece is on its way. */
  void responseEnd(ChannelFuture written) {
    attempt.giveBack(response.keepsUpstream() && request.isComplete());
    end(written, ResponseFlag.NONE);
    // The upstream's end of reading is not ours to see any more.
    downstream.flush();
  }

  /**
   * From here on bytes go both ways unread; the timeout ends with the response head, as in Envoy.
   */
  void tunnel(ChannelFuture headWritten) {
    downstream.timer().clear();
    downstream.flush();
    if (headWritten.isDone() && !headWritten.isSuccess()) {
      fail(new Failure.ClientGone());
      return;
    }
    state = State.ENDING;
    attempt.becomeTunnel(downstream, this::tunnelClosed);
  }

  // Ends.

  private void tunnelClosed(ResponseFlag flag, long bytesFromClient, long bytesToClient) {
    services.upstreams().downstreamClosed(connection, loop());
    over(flag, bytesFromClient, bytesToClient);
  }

  /** The upstream closed or reset, or what it sent ended too early. */
  void upstreamClosed(boolean reset) {
    if (state != State.RUNNING) {
      return;
    }
    HttpPlan.Forward again = plan;
    if (again != null && mayBeStale()) {
      attempt.discard();
      attempt = new Attempt(this);
      attempt(again, false);
    } else {
      fail(new Failure.UpstreamClosed(address(), reset));
    }
  }

  /** A kept connection that the server had closed before the request reached it. */
  private boolean mayBeStale() {
    return attempts < ATTEMPTS_MAX
        && attempt.reused()
        && response.hasNotBegun()
        && request.mayBeSentAgain(attempt);
  }

  /** Ends it with what the fire exit says; does nothing when it has already ended. */
  void fail(Failure failure) {
    if (state == State.OVER || state == State.ENDING) {
      return;
    }
    attempt.discard();
    request.drop();
    switch (FaultExit.of(failure)) {
      case FaultExit.Answer answer when response.status() == 0 -> {
        boolean keep = downstream.keepAlive() && request.isComplete() && !answer.close();
        response.replaced(answer.status(), keep);
        end(downstream.answer(answer, request.method(), keep), answer.flag());
      }
      case FaultExit.Answer answer -> reset(answer.flag());
      case FaultExit.Reset reset -> reset(reset.flag());
    }
  }

  private void reset(ResponseFlag flag) {
    over(flag, 0, 0);
    downstream.reset();
  }

  /** The last byte is written; it is over when the kernel has it, or never will. */
  private void end(ChannelFuture written, ResponseFlag flag) {
    state = State.ENDING;
    downstream.timer().clear();
    written.addListener(done -> {
      over(done.isSuccess() ? flag : ResponseFlag.DOWNSTREAM_CLOSED, 0, 0);
      downstream.ended(response.keepsClient() && done.isSuccess(), request.isComplete());
    });
  }

  private void over(ResponseFlag flag, long tunnelBytesFromClient, long tunnelBytesToClient) {
    state = State.OVER;
    downstream.timer().clear();
    long nanos = services.nanoClock().getAsLong() - startNanos;
    long fromClient = request.bytes() + tunnelBytesFromClient;
    long toClient = response.bytes() + tunnelBytesToClient;
    int status = response.status();
    rooms.edge(service, endpoint).finished(status, flag, nanos, fromClient, toClient);
    if (called.isPresent()) {
      called.get().finished(status, flag, nanos, fromClient, toClient);
    }
  }

  private InetSocketAddress address() {
    return endpoint.map(Endpoint::address).orElse(connection.originalDestination());
  }

  private EventLoop loop() {
    return downstream.channel().eventLoop();
  }
}
