/**
 * The whole agent as its users run it: {@code sluice run} in a process of its own, network
 * namespaces as pods, real clients and servers. Needs root, curl, Python 3, openssl, Go, and for
 * {@code ProgramsTest} the programs that each {@code Program} names.
 */
@NullMarked
package io.sluice.agent.e2e;

import org.jspecify.annotations.NullMarked;
