/**
 * What is wrong with a resource, said so that its author can mend it.
 *
 * <p>In: nothing. Out: {@link io.sluice.mesh.problem.Problem} values, made by config-sync while it
 * reads and compiles, shown by the admin page, {@code status} and the log. Pure records; any
 * thread.
 */
@NullMarked
package io.sluice.mesh.problem;

import org.jspecify.annotations.NullMarked;
