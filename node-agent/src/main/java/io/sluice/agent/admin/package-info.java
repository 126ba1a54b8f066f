/**
 * The admin pages over HTTP: {@code /metrics}, {@code /healthz/live}, {@code /healthz/ready},
 * {@code /config_dump}, {@code /status}.
 *
 * <p>In: requests, on loopback unless told otherwise; {@link io.sluice.agent.view.AgentView} and a
 * meter registry. Out: text and JSON. Nothing can be changed through it. On two threads {@code
 * sluice-admin-N}, which may block; never on an event loop. Next room: {@code
 * io.sluice.agent.view}.
 */
@NullMarked
package io.sluice.agent.admin;

import org.jspecify.annotations.NullMarked;
