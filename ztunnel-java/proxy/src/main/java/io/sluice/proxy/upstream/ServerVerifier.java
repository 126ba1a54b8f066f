package io.sluice.proxy.upstream;

import java.net.Socket;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Checks a server's certificate: chain, time, and name; says which of them is wrong, and what the
 * certificate has instead.
 *
 * <p>The server name is checked by the JDK (the engine has {@code HTTPS} as its endpoint
 * identification). Other names that are to be accepted instead (DestinationRule's {@code
 * subjectAltNames}) are compared here; the engine must have no endpoint identification then.
 */
final class ServerVerifier extends X509ExtendedTrustManager {
  private static final int SAN_DNS = 2;
  private static final int SAN_URI = 6;
  private static final int SAN_IP = 7;
  private static final int NAMES_SHOWN_MAX = 8;

  /** The certificate is not accepted; the message is for people. */
  static final class RejectedException extends CertificateException {
    private static final long serialVersionUID = 1L;

    RejectedException(String message, Throwable cause) {
      super(message, cause);
    }

    RejectedException(String message) {
      super(message);
    }
  }

  private final TrustRoots roots;
  private final List<String> names;

  /**
   * @param names of which the certificate must carry one; empty: the engine's peer host
   */
  ServerVerifier(TrustRoots roots, List<String> names) {
    this.roots = roots;
    this.names = names;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    try {
      roots.trust().checkServerTrusted(chain, authType, engine);
    } catch (CertificateException e) {
      throw rejected(chain, authType, String.valueOf(engine.getPeerHost()), e);
    }
    if (!names.isEmpty()) {
      List<String> carried = namesOf(chain[0]);
      if (names.stream().noneMatch(wanted -> carried.stream().anyMatch(c -> covers(c, wanted)))) {
        throw new RejectedException(wrongName(String.join(", ", names), carried));
      }
    }
  }

  private RejectedException rejected(
      X509Certificate[] chain, String authType, String host, CertificateException cause) {
    for (X509Certificate each : chain) {
      try {
        each.checkValidity();
      } catch (CertificateExpiredException e) {
        return new RejectedException(
            "the certificate of " + subject(each) + " expired at " + each.getNotAfter().toInstant(),
            e);
      } catch (CertificateNotYetValidException e) {
        return new RejectedException(
            "the certificate of "
                + subject(each)
                + " is valid only from "
                + each.getNotBefore().toInstant()
                + " on (expected: a time in the past; maybe a clock is wrong)",
            e);
      }
    }
    if (isTrusted(chain, authType)) {
      return new RejectedException(wrongName(host, namesOf(chain[0])), cause);
    }
    for (Throwable each = cause; each != null; each = each.getCause()) {
      if (each instanceof CertPathBuilderException) {
        return new RejectedException(
            "the certificate of "
                + subject(chain[0])
                + " is signed by an unknown authority, "
                + chain[chain.length - 1].getIssuerX500Principal()
                + " (expected: one of "
                + roots.place()
                + "; name a private one in tls.caCertificates)",
            cause);
      }
    }
    return new RejectedException(
        "the certificate of " + subject(chain[0]) + " is not accepted: " + cause.getMessage(),
        cause);
  }

  /** The chain by itself, whatever name it is for. */
  private boolean isTrusted(X509Certificate[] chain, String authType) {
    try {
      roots.trust().checkServerTrusted(chain, authType);
      return true;
    } catch (CertificateException e) {
      return false;
    }
  }

  private static String wrongName(String wanted, List<String> carried) {
    List<String> shown = carried.subList(0, Math.min(carried.size(), NAMES_SHOWN_MAX));
    return "the certificate is not for "
        + wanted
        + " but for "
        + (carried.isEmpty() ? "no name at all" : String.join(", ", shown))
        + (shown.size() < carried.size() ? ", ..." : "")
        + " (expected: the name in it; set tls.sni or tls.subjectAltNames if another is right)";
  }

  private static String subject(X509Certificate certificate) {
    String subject = certificate.getSubjectX500Principal().getName();
    return subject.isEmpty() ? String.join(", ", namesOf(certificate)) : subject;
  }

  private static List<String> namesOf(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      if (all != null) {
        for (List<?> each : all) {
          int type = (Integer) each.get(0);
          if (type == SAN_DNS || type == SAN_URI || type == SAN_IP) {
            names.add(String.valueOf(each.get(1)));
          }
        }
      }
    } catch (CertificateParsingException e) {
      // A name that can't be read is a name that it does not have.
    }
    return names;
  }

  /** RFC 6125 section 6.4.3: a wildcard stands for the whole leftmost label. */
  static boolean covers(String carried, String wanted) {
    String have = carried.toLowerCase(Locale.ROOT);
    String want = wanted.toLowerCase(Locale.ROOT);
    if (have.equals(want)) {
      return true;
    }
    int dot = want.indexOf('.');
    return have.startsWith("*.") && dot > 0 && have.substring(1).equals(want.substring(dot));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new RejectedException("a server must be checked with its engine, or its name is not");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new RejectedException("clients are not checked here");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
