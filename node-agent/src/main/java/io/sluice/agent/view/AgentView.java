package io.sluice.agent.view;

import io.sluice.mesh.RouteTable;

/**
 * The running agent as seen from outside. Implemented by the run command; called on admin threads,
 * several at once, a few times a second at most.
 */
public interface AgentView {
  /** One consistent picture. May take milliseconds (it reads BPF maps), must not wait for a pod. */
  AgentStatus status();

  /** The route table in force. */
  RouteTable table();
}
