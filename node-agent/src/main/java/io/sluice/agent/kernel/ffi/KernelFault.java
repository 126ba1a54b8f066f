package io.sluice.agent.kernel.ffi;

/** A call into the kernel or libbpf failed. The one exception of the kernel and netns rooms. */
public final class KernelFault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int errno;

  /**
   * @param call the function, such as {@code bpf_link_create}
   * @param object what it was called on, such as {@code program sl_connect4}
   * @param errno positive; 0 if the call says none
   * @param likelyCause what to look at first, or empty
   */
  public KernelFault(String call, String object, int errno, String likelyCause) {
    super(message(call, object, errno, likelyCause));
    this.errno = errno;
  }

  /** For a fault that is no failed call but a wrong state of the machine. */
  public KernelFault(String message, Throwable cause) {
    super(message, cause);
    this.errno = 0;
  }

  /** Positive errno of the call; 0 if it says none. */
  public int errno() {
    return errno;
  }

  private static String message(String call, String object, int errno, String likelyCause) {
    String why = likelyCause.isEmpty() ? Errno.likelyCause(errno) : likelyCause;
    String code = errno == 0 ? "failed" : "failed with " + Errno.name(errno);
    return call + "(" + object + ") " + code + (why.isEmpty() ? "" : "; " + why);
  }
}
