/**
 * What the proxy needs from the machine and does not know how to do: interfaces that node-agent
 * implements with BPF maps and network namespaces, and tests implement with loopback sockets.
 *
 * <p>In: file descriptors of the proxy's own sockets. Out: original destinations, sockets inside a
 * pod, which addresses are those of enrolled pods of this machine. The doors are called on event
 * loops and must take microseconds: a system call or two, never a lock or a wait; only {@link
 * io.sluice.proxy.doors.ResolverFiles} are read on threads of their own.
 */
@NullMarked
package io.sluice.proxy.doors;

import org.jspecify.annotations.NullMarked;
