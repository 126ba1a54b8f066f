package io.sluice.agent.doctor;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sluice doctor}. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description =
        "Looks whether this machine can run Sluice and says what to do if not. Leaves nothing behind.",
    footer = {"", "Exit status: 0 it can, 1 something that is needed is missing."})
public final class DoctorCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    List<Finding> findings = findings(new Machine(Path.of("/")));
    spec.commandLine().getOut().println(Report.text(findings));
    return findings.stream().anyMatch(each -> each.verdict() == Finding.Verdict.MISSING) ? 1 : 0;
  }

  private static List<Finding> findings(Machine machine) {
    List<Finding> findings = new ArrayList<>();
    findings.add(Privileges.look(machine));
    findings.add(Kernel.version(machine));
    findings.add(Kernel.btf(machine));
    findings.add(Kernel.bpffs(machine));
    findings.add(Kernel.cgroup2(machine));
    findings.add(Kernel.memlock(machine));
    findings.add(Kernel.portRange(machine));
    findings.add(JavaRuntime.version(Runtime.version()));
    findings.add(JavaRuntime.nativeAccess(DoctorCommand.class.getModule().isNativeAccessEnabled()));
    findings.add(JavaRuntime.epoll(Optional.ofNullable(Epoll.unavailabilityCause())));
    findings.add(Kernel.ioUring(machine, Optional.ofNullable(IoUring.unavailabilityCause())));
    findings.addAll(HookProbe.look());
    findings.addAll(Neighbours.look());
    return findings;
  }
}
