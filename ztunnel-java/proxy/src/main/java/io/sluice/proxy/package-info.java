/**
 * The map of the proxy: the only package that knows every room and composes them, top to bottom.
 *
 * <p><b>In:</b> an accepted socket. <b>Out:</b> a finished exchange. <b>Thread:</b> the event loop
 * of the accepted connection. <b>Next room:</b> {@code intercept}. It knows nothing of BPF,
 * Kubernetes or files: what it needs of the node comes through {@code doors}.
 */
@NullMarked
package io.sluice.proxy;

import org.jspecify.annotations.NullMarked;
