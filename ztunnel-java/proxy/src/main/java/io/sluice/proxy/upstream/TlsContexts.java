package io.sluice.proxy.upstream;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.sluice.mesh.service.UpstreamTls;
import io.sluice.proxy.upstream.TrustRoots.UnreadableException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;

/**
 * Builds TLS contexts, which reads files and takes milliseconds, on the background thread. All
 * state belongs to that thread; the loops keep what they got in {@link LoopTls}.
 */
final class TlsContexts {
  private static final System.Logger LOG = System.getLogger(TlsContexts.class.getName());

  /** What became of a wish for a context. */
  sealed interface Built {
    /** May be used by any number of loops. */
    record Ready(SslContext context) implements Built {}

    /** There is none, for this reason. */
    record Failed(String reason) implements Built {}
  }

  /**
   * @param roots empty when nothing is verified
   */
  private record Entry(SslContext context, Optional<TrustRoots> roots) {}

  private final TlsSettings settings;
  private final Executor background;
  private final Map<TlsKey, Entry> entries;
  private Optional<SslProvider> provider;
  private Optional<TrustRoots> systemRoots = Optional.empty();

  /**
   * @param background one thread
   */
  TlsContexts(TlsSettings settings, Executor background) {
    this(settings, background, Optional.empty());
  }

  TlsContexts(TlsSettings settings, Executor background, SslProvider provider) {
    this(settings, background, Optional.of(provider));
  }

  private TlsContexts(TlsSettings settings, Executor background, Optional<SslProvider> provider) {
    this.settings = settings;
    this.background = background;
    this.provider = provider;
    this.entries = new Lru<>(settings.contextsMax(), dropped -> {});
  }

  /** Chosen when the first one wants it: 300 classes that most nodes can start without. */
  private SslProvider provider() {
    if (provider.isEmpty()) {
      provider = Optional.of(available());
    }
    return provider.get();
  }

  private static SslProvider available() {
    if (OpenSsl.isAvailable()) {
      return SslProvider.OPENSSL;
    }
    LOG.log(
        Level.WARNING,
        "BoringSSL can't be used, so TLS is spoken by the slower JDK provider: {0} (expected:"
            + " netty-tcnative-boringssl-static for this architecture on the class path)",
        OpenSsl.unavailabilityCause());
    return SslProvider.JDK;
  }

  TlsSettings settings() {
    return settings;
  }

  /**
   * Gives the context, built anew when its file has changed. Any thread.
   *
   * @param then called once, on the background thread
   */
  void get(TlsKey key, Consumer<Built> then) {
    try {
      background.execute(() -> then.accept(get(key)));
    } catch (RejectedExecutionException e) {
      then.accept(new Built.Failed("the proxy is ending"));
    }
  }

  private Built get(TlsKey key) {
    try {
      Entry entry = entries.get(key);
      if (entry == null || !entry.roots().map(TrustRoots::isCurrent).orElse(true)) {
        entry = build(key);
        entries.put(key, entry);
      }
      return new Built.Ready(entry.context());
    } catch (UnreadableException e) {
      return new Built.Failed(String.valueOf(e.getMessage()));
    } catch (SSLException | RuntimeException e) {
      LOG.log(Level.WARNING, "no TLS context for " + key, e);
      return new Built.Failed("TLS can't be set up: " + e);
    }
  }

  private Entry build(TlsKey key) throws SSLException, UnreadableException {
    UpstreamTls tls = key.tls();
    SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(provider());
    if (key.http()) {
      builder.applicationProtocolConfig(
          new ApplicationProtocolConfig(
              Protocol.ALPN,
              SelectorFailureBehavior.NO_ADVERTISE,
              SelectedListenerFailureBehavior.ACCEPT,
              ApplicationProtocolNames.HTTP_1_1));
    }
    if (tls.insecureSkipVerify()) {
      builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
      builder.endpointIdentificationAlgorithm(null);
      return new Entry(builder.build(), Optional.empty());
    }
    TrustRoots roots = roots(tls);
    builder.trustManager(new ServerVerifier(roots, tls.subjectAltNames()));
    builder.endpointIdentificationAlgorithm(tls.subjectAltNames().isEmpty() ? "HTTPS" : null);
    return new Entry(builder.build(), Optional.of(roots));
  }

  private TrustRoots roots(UpstreamTls tls) throws UnreadableException {
    if (tls.caCertificates().isPresent()) {
      return TrustRoots.ofFile(Path.of(tls.caCertificates().get()));
    }
    TrustRoots roots =
        systemRoots.isPresent() && systemRoots.get().isCurrent()
            ? systemRoots.get()
            : TrustRoots.ofSystem(settings.systemRoots());
    systemRoots = Optional.of(roots);
    return roots;
  }
}
