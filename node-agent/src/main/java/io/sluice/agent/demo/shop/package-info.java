/**
 * The fleet shop's apps: ordinary servers that know nothing of a mesh, each started as a process of
 * its own in a network namespace.
 *
 * <p><b>In:</b> HTTP requests, and the role on the command line. <b>Out:</b> {@link
 * io.sluice.agent.demo.shop.Page}s, which tell how long each call took and which peer address the
 * server saw. <b>Thread:</b> a small fixed pool in each app, so that slow calls pile up as they do
 * in a real one. <b>Next room:</b> none; {@code io.sluice.agent.demo} starts them and reads their
 * pages.
 */
@NullMarked
package io.sluice.agent.demo.shop;

import org.jspecify.annotations.NullMarked;
