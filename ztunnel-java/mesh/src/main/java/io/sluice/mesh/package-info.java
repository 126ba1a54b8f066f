/**
 * The model of the mesh and the compiled route table: pure, immutable records without dependencies.
 *
 * <p><b>In:</b> what config-sync compiles. <b>Out:</b> what the proxy reads, once per request.
 * <b>Thread:</b> any, because nothing here changes after it was made. <b>Next room:</b> {@code
 * io.sluice.proxy.route}.
 */
@NullMarked
package io.sluice.mesh;

import org.jspecify.annotations.NullMarked;
