/**
 * {@code sluice demo}: a small shop in network namespaces, the real agent beside it, and the story
 * of a slow dependency, told with what was measured.
 *
 * <p><b>In:</b> {@code daemonset/examples/fleetman}, and pages and metrics that the shop and the
 * agent answer. <b>Out:</b> text, an exit status, and nothing left behind. <b>Thread:</b> main
 * tells the story; a shutdown hook cleans up when it is interrupted; a handful of virtual threads
 * wait for pages. <b>Next room:</b> {@code io.sluice.agent.demo.shop}, the apps; the agent is
 * started as {@code sluice run} in a process of its own and known by its admin address only.
 */
@NullMarked
package io.sluice.agent.demo;

import org.jspecify.annotations.NullMarked;
