package io.sluice.agent.doctor;

import io.sluice.agent.kernel.ffi.KernelFault;
import io.sluice.agent.kernel.ffi.LibBpf;
import io.sluice.agent.kernel.program.AttachedDatapath;
import io.sluice.agent.kernel.program.Cgroup2;
import io.sluice.agent.kernel.program.DatapathSpec;
import io.sluice.agent.kernel.program.LoadedDatapath;
import io.sluice.agent.kernel.program.PodAddresses;
import io.sluice.agent.kernel.program.PodDatapath;
import io.sluice.agent.netns.HomeNamespace;
import io.sluice.agent.netns.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Really loads the agent's programs and attaches them: to a cgroup of its own without any process,
 * and to the doctor's own network namespace without any address. Nothing is steered, and all is
 * taken away again.
 */
final class HookProbe {

  private static final String ENOUGH =
      "look at the lines above first: privileges, kernel, BTF, cgroup v2, libbpf";

  private final List<Finding> findings = new ArrayList<>();

  private HookProbe() {}

  static List<Finding> look() {
    HookProbe probe = new HookProbe();
    probe.libbpf();
    return probe.findings;
  }

  private void libbpf() {
    try {
      LibBpf.find();
      findings.add(Finding.ok("libbpf", "found"));
    } catch (KernelFault | UnsatisfiedLinkError e) {
      findings.add(
          Finding.missing(
              "libbpf", message(e), "install it: apt-get install libbpf1, or dnf install libbpf"));
      return;
    }
    load();
  }

  private void load() {
    try (LoadedDatapath loaded =
        DatapathSpec.embedded(Path.of(System.getProperty("java.io.tmpdir"))).load()) {
      findings.add(Finding.ok("programs load", "the verifier takes all"));
      attach(loaded);
    } catch (KernelFault e) {
      findings.add(Finding.missing("programs load", message(e), ENOUGH));
    }
  }

  private void attach(LoadedDatapath loaded) {
    String need = "cgroup hooks";
    try {
      Path cgroup = Files.createTempDirectory(Cgroup2.root(), "sluice-doctor");
      try (AttachedDatapath attached = loaded.attach(cgroup)) {
        findings.add(Finding.ok(need, String.join(", ", attached.programs().keySet())));
        findings.add(deathWatch(attached));
        attachInbound(attached);
      } finally {
        Files.delete(cgroup);
      }
    } catch (KernelFault | IOException e) {
      findings.add(Finding.missing(need, message(e), ENOUGH));
    }
  }

  private static Finding deathWatch(AttachedDatapath attached) {
    String need = "raw tracepoint";
    return attached.watchesDeath()
        ? Finding.ok(need, "pods go direct in the moment in which the agent is killed")
        : Finding.note(
            need,
            "this kernel has none: connections made within some 20 ms of a kill -9 fail",
            "a kernel with CONFIG_BPF_EVENTS; all else works without");
  }

  private void attachInbound(AttachedDatapath attached) {
    String need = "sk_lookup hook";
    try (HomeNamespace home = HomeNamespace.ofThisThread();
        NetworkNamespace own = home.open(Path.of("/proc/self/ns/net"));
        PodDatapath pod = attached.prepare(own, new PodAddresses(List.of(), List.of()))) {
      findings.add(Finding.ok(need, "attaches to a network namespace"));
    } catch (KernelFault e) {
      findings.add(Finding.missing(need, message(e), ENOUGH));
    }
  }

  private static String message(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
  }
}
