package io.sluice.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.e2e.Lab.Pod;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/** ssh runs a command, scp copies a file there and back. */
record Ssh() implements Program {

  private static final int PORT = 2222;

  @Override
  public String name() {
    return "ssh";
  }

  @Override
  public Map<String, String> needs() {
    return Map.of("sshd", "openssh-server", "ssh", "openssh-client", "scp", "openssh-client");
  }

  @Override
  public SortedMap<Integer, Integer> ports() {
    return new TreeMap<>(Map.of(PORT, PORT));
  }

  @Override
  public String opening() {
    return ""; // both speak at once: a client that waits is the harder case;
  }

  private static final int FILE_BYTES = 8 << 20;

  /**
   * A login needs root, an account that is not locked, and /run/sshd. The mount namespace which "ip
   * netns exec" makes has all of it without a change of the machine.
   */
  private static final String START =
      """
      sh -c 'mount -t tmpfs none /run && mkdir /run/sshd && mount --bind %1$s/shadow /etc/shadow &&
        exec %2$s -D -e -f %1$s/sshd_config'
      """;

  private static final String CONFIGURATION =
      """
      Port %2$d
      HostKey %1$s/host
      AuthorizedKeysFile %1$s/user.pub
      StrictModes no
      PidFile none
      UsePAM no
      PermitRootLogin yes
      Subsystem sftp internal-sftp
      """;

  @Override
  public void start(Stage stage, Pod pod) {
    Path home = stage.makeHome(name());
    Stage.run("chown -R root " + home);
    Stage.run("ssh-keygen -q -t ed25519 -N '' -f %s/host".formatted(home));
    Stage.run("ssh-keygen -q -t ed25519 -N '' -f %s/user".formatted(home));
    Stage.write(home.resolve("sshd_config"), CONFIGURATION.formatted(home, PORT));
    Stage.write(home.resolve("shadow"), "root:*:19000:0:99999:7:::\nsshd:!:19000::::::\n");
    byte[] file = new byte[FILE_BYTES];
    new Random(PORT).nextBytes(file);
    Stage.write(home.resolve("file"), file);
    stage.server(pod, START.formatted(home, Needs.command("sshd")));
  }

  @Override
  public void use(Stage stage, Pod client, String host, int port) {
    Path home = stage.home(name());
    String options =
        """
        -F none -i %s/user -o Port=%d -o BatchMode=yes -o LogLevel=ERROR \
        -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o IdentitiesOnly=yes\
        """
            .formatted(home, port);
    assertThat(stage.in(client, "ssh " + options + " root@" + host + " 'echo $SSH_CONNECTION'"))
        .as("the server sees the true client")
        .startsWith(client.ip4() + " ");
    stage.in(client, "scp -q %s %s/file root@%s:%s/copy".formatted(options, home, host, home));
    stage.in(client, "scp -q %s root@%s:%s/copy %s/back".formatted(options, host, home, home));
    assertThat(home.resolve("back")).hasSameBinaryContentAs(home.resolve("file"));
  }
}
