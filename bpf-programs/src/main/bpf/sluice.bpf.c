// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Sluice's datapath in one object: the hook families share their maps.
 *
 *   app connect()  --> connect.c   destination -> the agent's listener on the pod's loopback
 *   SYN, accept    --> sockops.c   what the app dialled -> the agent's accepted socket, and the
 *                                  true client -> the app's accepted socket; who listens where
 *   app getpeername(), getsockname(), accept()
 *                  --> sockname.c  true addresses on both sides
 *   SYN to the pod --> inbound.c   -> the agent's inbound listener, if the app listens there
 *   kill -9        --> death.c     nothing is steered any more, before the agent's files are closed
 *
 * All links belong to the agent's process; the kernel removes them when it dies, and traffic goes
 * direct (docs/adr/0001).
 */
#include "sluice.h"

#include "connect.c"
#include "death.c"
#include "inbound.c"
#include "sockname.c"
#include "sockops.c"

char _license[] SEC("license") = "Dual BSD/GPL";
