package io.sluice.agent.kernel.program;

import java.net.InetSocketAddress;

/**
 * An open TCP connection of an app in a pod, as the kernel has it: to whom it was steered, if it
 * was.
 *
 * @param socket the kernel's name of the app's socket; no other socket has it while this one lives
 */
public record AppConnection(long socket, InetSocketAddress local, InetSocketAddress remote) {}
