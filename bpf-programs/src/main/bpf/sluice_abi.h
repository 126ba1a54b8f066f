/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What the BPF programs and the agent share: keys and values of maps, flags, counters.
 *
 * Fixed width, explicit padding, checked sizes. The Java side is io.sluice.agent.kernel.abi; a test
 * compares the two through the object's BTF. Why it looks like this: docs/adr/0001.
 *
 * Addresses are 16 bytes in network order, IPv4 as ::ffff:a.b.c.d. Ports are in host order.
 */
#ifndef SLUICE_ABI_H
#define SLUICE_ABI_H

#define SL_ABI_VERSION 2

#define SL_OUT_PORTS6 4

#define SL_PODS_MAX 1024
#define SL_POD_IPS_MAX 4096
/* For one pod: connections between SYN and accept, and listening ports. */
#define SL_PENDING_MAX 8192
#define SL_LISTENING_MAX 1024
/* Of the machine: straight connections between SYN and accept. */
#define SL_STRAIGHT_MAX 8192

struct sl_addr {
	__u32 w[4];
};
_Static_assert(sizeof(struct sl_addr) == 16, "sl_addr");

/* sl_pod.flags */
enum sl_pod_flag {
	SL_POD_ENABLED = 1 << 0,      /* steer connections in both directions */
	SL_POD_TRACK_LISTEN = 1 << 1, /* reserved: a pod that has a `listening` map has it kept */
	SL_POD_HAS_IP4 = 1 << 2,      /* ip4 is set */
	SL_POD_HAS_IP6 = 1 << 3,      /* ip6 is set: native IPv6 is steered too */
	SL_POD_OBSERVE = 1 << 4,      /* reserved: count, do not steer */
	SL_POD_FAIL_CLOSED = 1 << 5,  /* reserved: refuse when the agent is gone */
};

/* pods: netns cookie -> */
struct sl_pod {
	__u32 flags;
	__u16 out_port4; /* outbound listener on device lo */
	__u16 pad0;
	__u16 out_port6[SL_OUT_PORTS6]; /* outbound listeners on [::1] */
	struct sl_addr ip4;             /* shown by getsockname in place of 127.x.y.z */
	struct sl_addr ip6;             /* shown by getsockname in place of ::1 */
	__u32 policy;                   /* reserved: chooses the table proxy/direct/refuse */
	__u32 reserved[3];
};
_Static_assert(sizeof(struct sl_pod) == 64, "sl_pod");

/* An address and port. orig_dst, acc_dst, acc_peer: socket -> */
struct sl_dst {
	struct sl_addr addr;
	__u16 port;
	__u16 pad0;
	__u32 reserved;
};
_Static_assert(sizeof(struct sl_dst) == 24, "sl_dst");

/* sl_own.kind */
enum sl_own_kind {
	SL_OWN_EXEMPT = 1,  /* listener (its children inherit), upstream connection */
	SL_OWN_SHOWING = 2, /* inbound upstream: the app that accepts it sees `shown` as its peer */
	/* outbound upstream: the pod that it leads to may take it past the inbound listener */
	SL_OWN_STRAIGHT = 3,
};

/* own_sk: the agent's own socket -> ; written by user space by fd */
struct sl_own {
	__u32 kind;
	__u32 straight; /* SL_OWN_STRAIGHT, written by the kernel side: 1 once it was let through */
	struct sl_dst shown;
};
_Static_assert(sizeof(struct sl_own) == 32, "sl_own");

/* A connection, seen from the side that dialled. Key of a pod's inner map of `pending`. */
struct sl_tuple {
	struct sl_addr local;
	struct sl_addr remote;
	__u16 local_port;
	__u16 remote_port;
};
_Static_assert(sizeof(struct sl_tuple) == 36, "sl_tuple");

/* sl_pending.kind */
enum sl_pending_kind {
	SL_PENDING_DST = 1,  /* app -> proxy: `what` is the original destination */
	SL_PENDING_PEER = 2, /* proxy -> app: `what` is the true client */
};

/* Value of a pod's inner map of `pending`. */
struct sl_pending {
	__u32 kind;
	struct sl_dst what;
};
_Static_assert(sizeof(struct sl_pending) == 28, "sl_pending");

/* Value of `straight`, whose key is the tuple seen from the side that dialled. */
struct sl_straight {
	__u32 passed; /* 1: sk_lookup let its SYN through to the app, and would have steered it else */
};
_Static_assert(sizeof(struct sl_straight) == 4, "sl_straight");

/* Key of a pod's inner map of `listening`: ::ffff:0.0.0.0 is any IPv4 address, :: any IPv6 address. */
struct sl_port {
	struct sl_addr addr;
	__u16 port;
	__u16 pad0;
};
_Static_assert(sizeof(struct sl_port) == 20, "sl_port");

/* sl_listen.flags */
enum sl_listen_flag {
	SL_LISTEN_SCANNED = 1 << 0, /* found by the agent's scan, not seen by sockops */
};

/* Value of a pod's inner map of `listening`: somebody listens if count > 0 or it was scanned. */
struct sl_listen {
	__s32 count; /* sockets that carry `counted` */
	__u32 flags;
};
_Static_assert(sizeof(struct sl_listen) == 8, "sl_listen");

/* pod_ips: address -> */
struct sl_pod_ip {
	__u64 cookie;
};
_Static_assert(sizeof(struct sl_pod_ip) == 8, "sl_pod_ip");

/* agent: the only entry */
struct sl_agent {
	__u32 tgid;  /* of the process that loaded the programs; 0: not known */
	__u32 dying; /* it was killed: steer nothing any more */
};
_Static_assert(sizeof(struct sl_agent) == 8, "sl_agent");

/* Index of `counters`. New ones at the end, before SL_C_MAX; none is ever renumbered. */
enum sl_counter {
	/* connect: steered */
	SL_C_REDIRECTED4,
	SL_C_REDIRECTED_MAPPED,
	SL_C_REDIRECTED6,
	/* connect: let go, of an enrolled pod */
	SL_C_LETGO_OWN_SOCKET,
	SL_C_LETGO_OWN_LISTENER,
	SL_C_LETGO_NOT_TCP,
	SL_C_LETGO_LOOPBACK,
	SL_C_LETGO_UNSPECIFIED,
	SL_C_LETGO_LINK_LOCAL,
	SL_C_LETGO_MULTICAST,
	SL_C_LETGO_BOUND_DEVICE,
	SL_C_LETGO_NO_IP6,
	SL_C_LETGO_NOT_ENABLED,
	SL_C_LETGO_NO_STORAGE,
	/* sockops */
	SL_C_ACCEPTED_DST,
	SL_C_ACCEPTED_PEER,
	SL_C_PENDING_FULL,
	SL_C_PENDING_LEFTOVER,
	SL_C_LISTEN_OPENED,
	SL_C_LISTEN_CLOSED,
	SL_C_LISTEN_FULL,
	SL_C_STORAGE_FAILED,
	/* sk_lookup */
	SL_C_INBOUND_STEERED,
	SL_C_INBOUND_OWN,
	SL_C_INBOUND_NOT_POD_IP,
	SL_C_INBOUND_NOT_ENABLED,
	SL_C_INBOUND_NOT_LISTENING,
	SL_C_INBOUND_NO_LISTENER,
	SL_C_INBOUND_ASSIGN_FAILED,
	SL_C_INBOUND_STRAIGHT,
	SL_C_MAX,
};

#endif
