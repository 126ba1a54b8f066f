/**
 * What the maps mean: the Java side of {@code bpf-programs/src/main/bpf/sluice_abi.h}, one class a
 * map.
 *
 * <p><b>In:</b> addresses, ports, cookies, sockets' descriptors. <b>Out:</b> map entries that the
 * BPF programs read, and what they wrote. <b>Thread:</b> any; an operation is one system call and a
 * confined arena, so event loops may. <b>Next room:</b> {@code kernel.program}, which knows in
 * which order entries are made. A test compares every layout and every enum with the object's BTF.
 */
@NullMarked
package io.sluice.agent.kernel.abi;

import org.jspecify.annotations.NullMarked;
