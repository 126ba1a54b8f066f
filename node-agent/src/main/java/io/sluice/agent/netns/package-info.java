/**
 * Other network namespaces: the only place that calls setns.
 *
 * <p><b>In:</b> the path of a namespace and something to do in it. <b>Out:</b> its result (a socket
 * that was made there, addresses, the text of a file below {@code /proc/thread-self/net}).
 * <b>Thread:</b> any platform thread; two system calls and no allocation each time, so event loops
 * may. A thread always comes back: if it can't, the process ends, for it would make the next pod's
 * sockets in the wrong place. <b>Next room:</b> {@code kernel.program}, which attaches to a
 * namespace.
 */
@NullMarked
package io.sluice.agent.netns;

import org.jspecify.annotations.NullMarked;
