// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * sk_lookup on a pod's netns: a SYN from outside to a port on which the pod listens goes to the
 * agent's inbound listener. The accepted socket's local address is what the client dialled.
 *
 *   sl_inbound    any:any -> podIP:port (listening)   -> inbound[podIP]
 *                 127/8, ::1, podIP -> podIP:port     own connection: to the app
 *                 4-tuple is in straight[]            the agent's, whose other side is done: to the app
 *                 closed port                         to the kernel, which answers RST
 *
 * When the agent is gone: its link is gone, too, and SYNs reach the app directly. The listener is
 * gone with its process and with it the entry in `inbound`.
 *
 * Kernel 5.15 has no ingress_ifindex here, and 6.18 reports eth0 for a connection to the own
 * address: own connections are told by their addresses.
 */

static __always_inline int is_listening(__u64 cookie, const struct sl_addr *addr, __u16 port)
{
	void *ports = bpf_map_lookup_elem(&listening, &cookie);
	struct sl_port key = { .addr = *addr, .port = port };
	struct sl_listen *l;

	if (!ports)
		return 0;
	l = bpf_map_lookup_elem(ports, &key);
	if (l && (l->count > 0 || l->flags & SL_LISTEN_SCANNED))
		return 1;
	key.addr.w[0] = 0;
	key.addr.w[1] = 0;
	key.addr.w[3] = 0;
	if (!is_mapped(addr))
		key.addr.w[2] = 0;
	l = bpf_map_lookup_elem(ports, &key);
	return l && (l->count > 0 || l->flags & SL_LISTEN_SCANNED);
}

/* Whether the agent has announced the connection; it is told that the SYN was let through. */
static __always_inline int is_straight(struct bpf_sk_lookup *ctx, const struct sl_addr *local,
				       const struct sl_addr *remote)
{
	struct sl_tuple key = { .local = *remote, .remote = *local };
	struct sl_straight *entry;

	key.local_port = bpf_ntohs(ctx->remote_port);
	key.remote_port = ctx->local_port;
	entry = bpf_map_lookup_elem(&straight, &key);
	if (!entry)
		return 0;
	entry->passed = 1;
	return 1;
}

static __always_inline int pass(__u32 why)
{
	count(why);
	return SK_PASS;
}

SEC("sk_lookup")
int sl_inbound(struct bpf_sk_lookup *ctx)
{
	struct sl_addr local = {}, remote = {};
	struct sl_pod_ip *ip;
	struct bpf_sock *listener;
	struct sl_pod *pod;
	__u64 cookie;
	long err;

	if (ctx->protocol != IPPROTO_TCP || agent_is_dying())
		return SK_PASS;
	if (ctx->family == AF_INET) {
		local = mapped(ctx->local_ip4);
		remote = mapped(ctx->remote_ip4);
		if (is_loopback4(ctx->remote_ip4))
			return pass(SL_C_INBOUND_OWN);
	} else {
		READ_ADDR6(local, ctx, local_ip6);
		READ_ADDR6(remote, ctx, remote_ip6);
		if (is_loopback6(&remote))
			return pass(SL_C_INBOUND_OWN);
	}
	if (same_addr(&local, &remote))
		return pass(SL_C_INBOUND_OWN);

	ip = bpf_map_lookup_elem(&pod_ips, &local);
	if (!ip)
		return pass(SL_C_INBOUND_NOT_POD_IP);
	cookie = ip->cookie;
	pod = bpf_map_lookup_elem(&pods, &cookie);
	if (!pod || !(pod->flags & SL_POD_ENABLED))
		return pass(SL_C_INBOUND_NOT_ENABLED);
	if (!is_listening(cookie, &local, ctx->local_port))
		return pass(SL_C_INBOUND_NOT_LISTENING);
	listener = bpf_map_lookup_elem(&inbound, &local);
	if (!listener)
		return pass(SL_C_INBOUND_NO_LISTENER);
	if (is_straight(ctx, &local, &remote)) {
		bpf_sk_release(listener);
		return pass(SL_C_INBOUND_STRAIGHT);
	}
	err = bpf_sk_assign(ctx, listener, 0);
	bpf_sk_release(listener);
	return pass(err ? SL_C_INBOUND_ASSIGN_FAILED : SL_C_INBOUND_STEERED);
}
