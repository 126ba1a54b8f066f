/**
 * The calls into libbpf and libc: thin, checked, and nothing else.
 *
 * <p><b>In:</b> bytes of a BPF object, file descriptors, off-heap keys and values. <b>Out:</b>
 * loaded objects, descriptors, or a {@link io.sluice.agent.kernel.ffi.KernelFault} that names the
 * call, the object, the errno and a likely cause. <b>Thread:</b> any; calls on map descriptors and
 * sockets are one system call each, loading an object takes a lock and some hundred milliseconds.
 * <b>Next room:</b> {@code kernel.abi}, which knows what the bytes mean. Why rawbpf: docs/adr/0002.
 */
@NullMarked
package io.sluice.agent.kernel.ffi;

import org.jspecify.annotations.NullMarked;
