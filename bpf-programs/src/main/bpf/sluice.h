/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Maps and small helpers of all hook families. Included once, by sluice.bpf.c. */
#ifndef SLUICE_H
#define SLUICE_H

#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "sluice_abi.h"

#define AF_INET 2
#define AF_INET6 10
#define SOCK_STREAM 1
#define IPPROTO_TCP 6
#define IPPROTO_MPTCP 262
#define IFINDEX_LO 1

#define ALLOW 1

/*
 * Keeps the version, the enums and the types of inner maps in the object's BTF, where libbpf and the
 * layout test read them: clang forgets what is only named through a pointer.
 */
struct sl_abi {
	__u32 version;
	enum sl_counter counters;
	enum sl_pod_flag pod_flag;
	enum sl_own_kind own_kind;
	enum sl_pending_kind pending_kind;
	enum sl_listen_flag listen_flag;
	struct sl_tuple tuple;
	struct sl_pending pending;
	struct sl_straight straight;
	struct sl_port port;
	struct sl_listen listen;
};
const volatile struct sl_abi sl_abi = { .version = SL_ABI_VERSION, .counters = SL_C_MAX };

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SL_PODS_MAX);
	__type(key, __u64);
	__type(value, struct sl_pod);
} pods SEC(".maps");

/* Sockets of the agent. CLONE: what a listener accepts is the agent's own, too. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
	__type(key, int);
	__type(value, struct sl_own);
} own_sk SEC(".maps");

#define SK_STORAGE(name, type_)                                                                    \
	struct {                                                                                   \
		__uint(type, BPF_MAP_TYPE_SK_STORAGE);                                             \
		__uint(map_flags, BPF_F_NO_PREALLOC);                                              \
		__type(key, int);                                                                  \
		__type(value, type_);                                                              \
	} name SEC(".maps")

SK_STORAGE(orig_dst, struct sl_dst); /* app's redirected socket: what it dialled */
SK_STORAGE(acc_dst, struct sl_dst);  /* agent's accepted socket: what the app dialled */
SK_STORAGE(acc_peer, struct sl_dst); /* app's accepted socket: the true client */

/* pod -> connections between connect and accept */
struct pending_pod {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, SL_PENDING_MAX);
	__type(key, struct sl_tuple);
	__type(value, struct sl_pending);
};
struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__uint(max_entries, SL_PODS_MAX);
	__type(key, __u64);
	__array(values, struct pending_pod);
} pending SEC(".maps");

/*
 * Connections of the agent that a pod's app shall accept by itself, between connect and accept. LRU
 * and for all pods together: an entry that a flood drives out costs its connection a second pass.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, SL_STRAIGHT_MAX);
	__type(key, struct sl_tuple);
	__type(value, struct sl_straight);
} straight SEC(".maps");

/* pod -> ports on which its apps listen */
struct listening_pod {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, SL_LISTENING_MAX);
	__type(key, struct sl_port);
	__type(value, struct sl_listen);
};
struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__uint(max_entries, SL_PODS_MAX);
	__type(key, __u64);
	__array(values, struct listening_pod);
} listening SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SL_POD_IPS_MAX);
	__type(key, struct sl_addr);
	__type(value, struct sl_pod_ip);
} pod_ips SEC(".maps");

/* pod's address -> the agent's inbound listener in that pod */
struct {
	__uint(type, BPF_MAP_TYPE_SOCKHASH);
	__uint(max_entries, SL_POD_IPS_MAX);
	__type(key, struct sl_addr);
	__type(value, __u64);
} inbound SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct sl_agent);
} agent SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SL_C_MAX);
	__type(key, __u32);
	__type(value, __u64);
} counters SEC(".maps");

/*
 * One field of a context (or of its socket). The verifier refuses one that is reached through a
 * computed pointer, or two in one load, which is what clang makes of plain reads.
 */
#define READ(ctx, field) (*(volatile typeof((ctx)->field) *)&(ctx)->field)
#define READ_ADDR6(addr, ctx, field)                                                               \
	do {                                                                                       \
		(addr).w[0] = READ(ctx, field[0]);                                                 \
		(addr).w[1] = READ(ctx, field[1]);                                                 \
		(addr).w[2] = READ(ctx, field[2]);                                                 \
		(addr).w[3] = READ(ctx, field[3]);                                                 \
	} while (0)

static __always_inline void count(__u32 what)
{
	__u64 *n = bpf_map_lookup_elem(&counters, &what);

	if (n)
		(*n)++;
}

/* Whether nobody is behind the listeners any more. No counter: nobody is left to read it. */
static __always_inline int agent_is_dying(void)
{
	__u32 zero = 0;
	struct sl_agent *a = bpf_map_lookup_elem(&agent, &zero);

	return a && a->dying;
}

static __always_inline struct sl_addr mapped(__u32 ip4)
{
	struct sl_addr a = { { 0, 0, bpf_htonl(0xffff), ip4 } };

	return a;
}

static __always_inline int is_mapped(const struct sl_addr *a)
{
	return !a->w[0] && !a->w[1] && a->w[2] == bpf_htonl(0xffff);
}

static __always_inline int is_any6(const struct sl_addr *a)
{
	return !a->w[0] && !a->w[1] && !a->w[2] && !a->w[3];
}

static __always_inline int is_loopback6(const struct sl_addr *a)
{
	return !a->w[0] && !a->w[1] && !a->w[2] && a->w[3] == bpf_htonl(1);
}

static __always_inline int is_loopback4(__u32 ip4)
{
	return bpf_ntohl(ip4) >> 24 == 127;
}

static __always_inline int same_addr(const struct sl_addr *a, const struct sl_addr *b)
{
	return a->w[0] == b->w[0] && a->w[1] == b->w[1] && a->w[2] == b->w[2] && a->w[3] == b->w[3];
}

#endif
