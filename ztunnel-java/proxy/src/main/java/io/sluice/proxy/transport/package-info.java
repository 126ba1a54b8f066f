/**
 * How sockets are driven: epoll or io_uring, behind one enum.
 *
 * <p>In: the operator's choice. Out: {@link io.sluice.proxy.transport.Transport}, which makes event
 * loops and channels of its kind and knows what is different between the two. Channels are made by
 * whoever stands in the right network namespace; nothing here blocks. Next: every room that makes a
 * socket (the pod's listeners, upstream).
 */
@NullMarked
package io.sluice.proxy.transport;

import org.jspecify.annotations.NullMarked;
