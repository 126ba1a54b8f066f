package io.sluice.proxy.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * An app on loopback that does with each connection what its script says, by blocking calls on a
 * virtual thread. When the script returns, the connection is closed; one that it wants to keep, it
 * must hold.
 */
public final class ScriptedServer implements AutoCloseable {
  /** What is done with an accepted connection. An IOException ends it quietly: the peer left. */
  @FunctionalInterface
  public interface Script {
    void serve(Socket connection) throws IOException;
  }

  private final ServerSocket listener;
  private final Script script;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final List<InetSocketAddress> clients = new CopyOnWriteArrayList<>();
  private final List<Throwable> faults = new CopyOnWriteArrayList<>();

  private ScriptedServer(ServerSocket listener, Script script) {
    this.listener = listener;
    this.script = script;
  }

  /** Serves on a port of 127.0.0.1 that the kernel chooses. */
  public static ScriptedServer start(Script script) {
    return start(InetAddress.ofLiteral("127.0.0.1"), script);
  }

  public static ScriptedServer start(InetAddress address, Script script) {
    try {
      ScriptedServer server = new ScriptedServer(new ServerSocket(0, 1024, address), script);
      Thread.ofVirtual().name("scripted-accept").start(server::accept);
      return server;
    } catch (IOException e) {
      throw new AssertionError("listen on " + address, e);
    }
  }

  /** Sends back what it gets, to the end; then closes its own half. */
  public static ScriptedServer echo() {
    return start(ScriptedServer::echo);
  }

  public static void echo(Socket connection) throws IOException {
    connection.getInputStream().transferTo(connection.getOutputStream());
    connection.shutdownOutput();
  }

  /**
   * Answers each HTTP/1 head on a connection with the same bytes.
   *
   * @param heard gets each head, on the connection's own thread
   */
  public static ScriptedServer answering(String response, Consumer<String> heard) {
    return start(connection -> {
      while (true) {
        heard.accept(readHead(connection.getInputStream()));
        write(connection.getOutputStream(), response);
      }
    });
  }

  /** Accepts and answers nothing until the client leaves. */
  public static ScriptedServer silent() {
    return start(connection -> connection.getInputStream().readAllBytes());
  }

  /** Accepts, waits for the first byte, then resets. */
  public static ScriptedServer resetting() {
    return start(connection -> {
      connection.getInputStream().read();
      reset(connection);
    });
  }

  /** Closes so that the peer sees a reset. */
  public static void reset(Socket connection) throws IOException {
    connection.setSoLinger(true, 0);
    connection.close();
  }

  /** Reads one HTTP/1 head, the empty line included; a body stays unread. */
  public static String readHead(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("the stream ended inside a head: '" + head + "'");
      }
      head.append((char) next);
    }
    return head.toString();
  }

  public static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** The remote address of each connection that was accepted, in order. */
  public List<InetSocketAddress> clients() {
    return List.copyOf(clients);
  }

  /** How many connections are open here. */
  public int open() {
    return open.size();
  }

  /** Closes the connections that are open, and goes on serving. */
  public void closeConnections() {
    open.forEach(ScriptedServer::closeQuietly);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket connection = listener.accept();
        connection.setTcpNoDelay(true);
        open.add(connection);
        clients.add((InetSocketAddress) connection.getRemoteSocketAddress());
        Thread.ofVirtual().name("scripted-serve").start(() -> serve(connection));
      } catch (SocketException e) {
        return;
      } catch (IOException e) {
        faults.add(e);
      }
    }
  }

  private void serve(Socket connection) {
    try {
      script.serve(connection);
    } catch (IOException e) {
      // The other side left: part of many tests.
    } catch (RuntimeException | Error e) {
      faults.add(e);
    } finally {
      open.remove(connection);
      closeQuietly(connection);
    }
  }

  private static void closeQuietly(Socket connection) {
    try {
      connection.close();
    } catch (IOException e) {
      // It is closed then.
    }
  }

  /** Also throws what a script threw by mistake. */
  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      faults.add(e);
    }
    closeConnections();
    if (!faults.isEmpty()) {
      throw new AssertionError("a script failed: " + faults, faults.get(0));
    }
  }
}
