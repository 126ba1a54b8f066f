package io.sluice.agent.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.doctor.Finding.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each check on made-up machines. */
class DoctorTest {

  private static final String ALL_CAPABILITIES = "000001ffffffffff";

  @TempDir Path root;

  @ParameterizedTest
  @CsvSource({
    "6.18.4-cloud, OK",
    "5.15.0, OK",
    "5.14.21-150500, MISSING",
    "4.19.0-27-amd64, MISSING",
    "plan9, MISSING"
  })
  void kernelVersion(String release, Verdict expected) throws IOException {
    assertThat(Kernel.version(with("proc/sys/kernel/osrelease", release)).verdict())
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    ALL_CAPABILITIES + ", OK",
    "0000000000000000, MISSING", // an ordinary user
    "00000000a80425fb, MISSING", // a container's usual set
    "0000000001281000, OK", // NET_ADMIN, SYS_PTRACE, SYS_ADMIN, SYS_RESOURCE: SYS_ADMIN covers BPF
    // and PERFMON
    "000000c000201000, NOTE" // BPF, PERFMON, SYS_ADMIN, NET_ADMIN
  })
  void capabilities(String mask, Verdict expected) throws IOException {
    assertThat(Privileges.look(with("proc/self/status", "Name:\tjava\nCapEff:\t" + mask)).verdict())
        .isEqualTo(expected);
  }

  @Test
  void aFileThatTheKernelGivesInOneReadOnlyIsReadWhole() {
    assertThat(new Machine(Path.of("/")).text("/proc/sys/net/ipv4/ip_local_port_range"))
        .hasValueSatisfying(text -> assertThat(text.split("\\s+")).hasSize(2));
  }

  @Test
  void capabilitiesThatLackAreNamed() throws IOException {
    assertThat(Privileges.look(with("proc/self/status", "CapEff:\t0000000000001000")).seen())
        .contains("CAP_BPF", "CAP_SYS_ADMIN")
        .doesNotContain("CAP_NET_ADMIN");
  }

  @Test
  void cgroup2IsFoundWhereverItIsMounted() throws IOException {
    Machine machine =
        with("proc/self/mounts", "tmpfs /sys/fs/cgroup tmpfs rw 0 0\ncgroup2 /cg2 cgroup2 rw 0 0");

    assertThat(Kernel.cgroup2(machine)).isEqualTo(Finding.ok("cgroup v2", "/cg2"));
  }

  @Test
  void aMachineWithNothingGetsACureForAll() {
    Machine empty = new Machine(root);
    List<Finding> findings =
        List.of(
            Privileges.look(empty),
            Kernel.version(empty),
            Kernel.btf(empty),
            Kernel.cgroup2(empty));

    assertThat(findings).allSatisfy(finding -> assertThat(finding.cure()).isNotBlank());
    assertThat(Report.text(findings))
        .contains("can't run Sluice yet; missing: privileges, kernel >= 5.15, BTF, cgroup v2.");
  }

  @ParameterizedTest
  @CsvSource({"32768\t60999, OK", "1024\t65535, MISSING", "oops, NOTE"})
  void portsMustBeLeftForListeners(String range, Verdict expected) throws IOException {
    Machine machine = with("proc/sys/net/ipv4/ip_local_port_range", range);

    assertThat(Kernel.portRange(machine).verdict()).isEqualTo(expected);
  }

  @Test
  void anOldJavaIsMissing() {
    assertThat(JavaRuntime.version(Runtime.Version.parse("17.0.15")).verdict())
        .isEqualTo(Verdict.MISSING);
    assertThat(JavaRuntime.version(Runtime.Version.parse("25.0.1")).verdict())
        .isEqualTo(Verdict.OK);
  }

  @Test
  void ioUringIsOptional() {
    Finding finding =
        Kernel.ioUring(new Machine(root), Optional.of(new IllegalStateException("no")));

    assertThat(finding.verdict()).isEqualTo(Verdict.NOTE);
  }

  @Test
  void theReportIsAligned() {
    String text = Report.text(List.of(Finding.ok("a", "x"), Finding.note("longer", "y", "do z")));

    assertThat(text.lines().limit(3))
        .containsExactly("OK       a       x", "NOTE     longer  y", "                 -> do z");
  }

  private Machine with(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text + "\n");
    return new Machine(root);
  }

  @Test
  void ciliumAtConnectIsSaidWithItsCure() {
    Finding finding = Neighbours.judge(List.of("cil_sock4_conne", "sl_connect4"));
    assertThat(finding.verdict()).isEqualTo(Finding.Verdict.NOTE);
    assertThat(finding.cure()).contains("socketLB.hostNamespaceOnly=true");
  }

  @Test
  void otherProgramsAtConnectAreNamed() {
    assertThat(Neighbours.judge(List.of("tracer")).seen()).isEqualTo("tracer");
    assertThat(Neighbours.judge(List.of()).seen()).isEqualTo("none");
    assertThat(Neighbours.judge(List.of("sl_connect4")).seen()).contains("an agent runs");
  }
}
