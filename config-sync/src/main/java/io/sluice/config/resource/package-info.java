/**
 * Resources as the compiler takes them: checked one by one, in our own words, with no trace of
 * where they came from.
 *
 * <p><b>In:</b> nothing. <b>Out:</b> records of what each Kubernetes object says, with absent
 * fields as {@code Optional} or with the default filled in where it does not depend on other
 * objects. <b>Thread:</b> any; all are immutable. <b>Next room:</b> {@code
 * io.sluice.config.compile}, which resolves what they say about each other.
 */
@NullMarked
package io.sluice.config.resource;

import org.jspecify.annotations.NullMarked;
