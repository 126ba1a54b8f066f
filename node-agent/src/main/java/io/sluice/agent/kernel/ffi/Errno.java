package io.sluice.agent.kernel.ffi;

/** The errnos that matter here; the numbers are those of Linux on x86_64 and aarch64. */
public final class Errno {
  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int EBADF = 9;
  public static final int ENOMEM = 12;
  public static final int EACCES = 13;
  public static final int EEXIST = 17;
  public static final int EINVAL = 22;
  public static final int EMFILE = 24;
  public static final int ENOSPC = 28;
  public static final int E2BIG = 7;

  private Errno() {}

  static String name(int errno) {
    return switch (errno) {
      case EPERM -> "EPERM";
      case ENOENT -> "ENOENT";
      case E2BIG -> "E2BIG";
      case EBADF -> "EBADF";
      case ENOMEM -> "ENOMEM";
      case EACCES -> "EACCES";
      case EEXIST -> "EEXIST";
      case EINVAL -> "EINVAL";
      case EMFILE -> "EMFILE";
      case ENOSPC -> "ENOSPC";
      default -> "errno " + errno;
    };
  }

  static String likelyCause(int errno) {
    return switch (errno) {
      case EPERM ->
          "maybe not root: CAP_BPF, CAP_NET_ADMIN, CAP_SYS_ADMIN and CAP_PERFMON are needed";
      case EBADF -> "the descriptor is closed, or is not of the kind that is expected";
      case E2BIG -> "the map is full, or the hook has no room for one more program";
      case EMFILE -> "the process has too many open files: raise its limit (ulimit -n)";
      case EINVAL -> "maybe the kernel is older than 5.15 or was built without this feature";
      default -> "";
    };
  }
}
