/**
 * The agent's state as data: what the admin pages, the agent's own metrics and {@code sluice
 * status} show.
 *
 * <p>In: {@link io.sluice.agent.view.AgentView}, which the run command implements over enrolment,
 * config-sync and the kernel programs. Out: immutable records, their JSON, their text for a
 * terminal, and the meters {@code sluice_*}. Everything is pure and runs on whichever thread asks,
 * which is an admin thread; only the probes of the event loops' lag run on the loops. Next room:
 * {@code io.sluice.agent.admin}.
 */
@NullMarked
package io.sluice.agent.view;

import org.jspecify.annotations.NullMarked;
