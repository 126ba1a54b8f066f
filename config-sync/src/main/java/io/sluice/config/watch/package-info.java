/**
 * Sees that files in a directory have changed, and reads them.
 *
 * <p>Two ways, for each is blind to something: the JDK's WatchService is quick but sees neither a
 * file behind a symbolic link nor a network file system; a look at names, times, sizes and inodes
 * twice a second sees those. Directories that Kubernetes mounts from a ConfigMap change by a swap
 * of the link {@code ..data}: names that begin with a dot are never read themselves.
 *
 * <p>Half of a YAML file may be valid YAML: {@link io.sluice.config.watch.RestingFiles} lets a
 * change through once it has come to rest.
 *
 * <p><b>In:</b> a directory. <b>Out:</b> name and text of each file, after a change has come to
 * rest. <b>Thread:</b> {@code sluice-config}; its helper {@code sluice-config-watch} only rings the
 * bell. <b>Next room:</b> {@code io.sluice.config.translate}.
 */
@NullMarked
package io.sluice.config.watch;

import org.jspecify.annotations.NullMarked;
