/**
 * Reads the text of one file into resources, each judged by itself: wrong values are errors on that
 * resource, fields that have no effect are named by path.
 *
 * <p>Each object is decoded into its fabric8 model, which settles whether its shape is right. The
 * models of Kubernetes' own kinds are then read. Those of Istio are not, for they lose what they
 * don't know: an enum value that is misspelled becomes null, a misspelled field beside a {@code
 * oneof} is gone. Istio's kinds are read from the tree of the document instead, by {@link
 * io.sluice.config.translate.Fields}, which remembers what was read and reports the rest.
 *
 * <p><b>In:</b> name and text of a file. <b>Out:</b> {@link
 * io.sluice.config.translate.Translation}s. <b>Thread:</b> {@code sluice-config}; all is pure.
 * <b>Next room:</b> {@code io.sluice.config.publish}, which keeps the last good version of each.
 */
@NullMarked
package io.sluice.config.translate;

import org.jspecify.annotations.NullMarked;
