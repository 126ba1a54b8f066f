/** Real namespaces, real sockets and a stand-in for the proxy, for tests that need the kernel. */
@NullMarked
package io.sluice.agent.testbed;

import org.jspecify.annotations.NullMarked;
