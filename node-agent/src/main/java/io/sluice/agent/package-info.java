/**
 * The process on the node: it puts the kernel, the proxy and the configuration together.
 *
 * <p><b>In:</b> the command line and the pods of the node. <b>Out:</b> enrolled pods whose
 * connections reach the proxy. <b>Thread:</b> the main thread starts and stops everything. <b>Next
 * room:</b> {@code io.sluice.proxy}, whose doors this module implements.
 *
 * <p>{@code Rehearsal} plays a run without a kernel, for the AOT cache that a build makes.
 */
@NullMarked
package io.sluice.agent;

import org.jspecify.annotations.NullMarked;
