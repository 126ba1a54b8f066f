package io.sluice.proxy.testkit;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** An app on loopback that speaks TLS, and the authority that vouches for it. */
public final class TlsServer implements AutoCloseable {
  private final ScriptedServer server;
  private final List<String> serverNames = new CopyOnWriteArrayList<>();
  private final List<String> protocols = new CopyOnWriteArrayList<>();

  /** A new authority of its own. */
  public static X509Bundle authority(String name) {
    try {
      return new CertificateBuilder()
          .subject("CN=" + name)
          .setIsCertificateAuthority(true)
          .ecp256()
          .buildSelfSigned();
    } catch (Exception e) {
      throw new AssertionError("make an authority", e);
    }
  }

  /** A certificate signed by the authority. */
  public static X509Bundle certificate(
      X509Bundle authority, UnaryOperator<CertificateBuilder> names) {
    try {
      return names
          .apply(new CertificateBuilder().subject("CN=server").ecp256())
          .addExtendedKeyUsageServerAuth()
          .buildIssuedBy(authority);
    } catch (Exception e) {
      throw new AssertionError("make a certificate", e);
    }
  }

  /** The authority's certificate as a PEM file. */
  public static String pem(X509Bundle authority, Path directory) {
    try {
      Path file = Files.createTempFile(directory, "ca", ".pem");
      Files.writeString(file, authority.getRootCertificatePEM());
      return file.toString();
    } catch (IOException e) {
      throw new AssertionError("write the authority", e);
    }
  }

  /**
   * @param certificate what it shows
   * @param script what it does with the connection once it is secure
   */
  public TlsServer(X509Bundle certificate, ScriptedServer.Script script) {
    SSLContext context = context(certificate);
    server = ScriptedServer.start(connection -> serve(context, connection, script));
  }

  public static TlsServer echo(X509Bundle certificate) {
    return new TlsServer(certificate, ScriptedServer::echo);
  }

  private static SSLContext context(X509Bundle certificate) {
    try {
      KeyManagerFactory keys = certificate.toKeyManagerFactory();
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new AssertionError("set TLS up", e);
    }
  }

  private void serve(SSLContext context, Socket connection, ScriptedServer.Script script)
      throws IOException {
    SSLSocket secure =
        (SSLSocket) context.getSocketFactory().createSocket(connection, null, server.port(), true);
    secure.setUseClientMode(false);
    SSLParameters parameters = secure.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
    secure.setSSLParameters(parameters);
    secure.startHandshake();
    ExtendedSSLSession session = (ExtendedSSLSession) secure.getSession();
    session
        .getRequestedServerNames()
        .forEach(name -> serverNames.add(((SNIHostName) name).getAsciiName()));
    protocols.add(secure.getApplicationProtocol());
    script.serve(secure);
  }

  public InetSocketAddress address() {
    return server.address();
  }

  /** The server names that clients asked for, in order. */
  public List<String> serverNames() {
    return List.copyOf(serverNames);
  }

  /** What was agreed on by ALPN, in order; empty: nothing. */
  public List<String> protocols() {
    return List.copyOf(protocols);
  }

  public void closeConnections() {
    server.closeConnections();
  }

  @Override
  public void close() {
    server.close();
  }
}
