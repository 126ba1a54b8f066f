package io.sluice.agent.kernel.program;

import io.sluice.agent.kernel.abi.InboundMaps;
import io.sluice.agent.kernel.abi.PendingMaps;
import io.sluice.agent.kernel.abi.PodsMap;

/** The maps in which every pod has its entries. */
record PodMaps(PodsMap pods, PendingMaps pending, InboundMaps inbound) {}
