package io.sluice.agent.doctor;

import java.util.List;

/** Findings as aligned text. */
final class Report {

  private Report() {}

  static String text(List<Finding> findings) {
    int width = findings.stream().mapToInt(finding -> finding.need().length()).max().orElse(0);
    StringBuilder text = new StringBuilder(1024);
    for (Finding finding : findings) {
      text.append(
          String.format(
              "%-7s  %-" + Math.max(1, width) + "s  %s%n",
              finding.verdict(),
              finding.need(),
              finding.seen()));
      if (!finding.cure().isEmpty()) {
        text.append(" ".repeat(7 + 2 + width + 2))
            .append("-> ")
            .append(finding.cure())
            .append('\n');
      }
    }
    return text.append('\n').append(summary(findings)).toString();
  }

  private static String summary(List<Finding> findings) {
    List<String> missing =
        findings.stream()
            .filter(each -> each.verdict() == Finding.Verdict.MISSING)
            .map(Finding::need)
            .toList();
    return missing.isEmpty()
        ? "This machine can run Sluice."
        : "This machine can't run Sluice yet; missing: " + String.join(", ", missing) + ".";
  }
}
