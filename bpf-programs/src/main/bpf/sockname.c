// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * cgroup/getpeername4/6, getsockname4/6: apps see true addresses. The kernel calls getpeername's
 * hook for accept() with an address, too.
 *
 *   sl_peername4/6   app's redirected socket  -> what it dialled
 *                    app's accepted socket    -> the true client
 *   sl_sockname4/6   app's redirected socket  -> the pod's address in place of 127.x.y.z or ::1
 *
 * When the agent is gone: detached with its links. Its connections were reset at that moment, so
 * no open socket is left that would show a loopback address for long.
 */

/* What a socket shows as its peer, from its own storage. */
static __always_inline struct sl_dst *stored_peer(struct bpf_sock *sk)
{
	struct sl_dst *dst = bpf_sk_storage_get(&orig_dst, sk, 0, 0);

	return dst ? dst : bpf_sk_storage_get(&acc_peer, sk, 0, 0);
}

/*
 * An MPTCP socket is not the one that was redirected or accepted: that is its first subflow, a
 * plain TCP socket with the same addresses.
 */
static __always_inline struct bpf_sock *subflow4(struct bpf_sock_addr *ctx, __u32 peer, __u16 peer_port,
						 __u32 local, __u16 local_port)
{
	struct bpf_sock_tuple t = {};

	t.ipv4.saddr = peer;
	t.ipv4.sport = peer_port;
	t.ipv4.daddr = local;
	t.ipv4.dport = bpf_htons(local_port);
	return bpf_sk_lookup_tcp(ctx, &t, sizeof(t.ipv4), BPF_F_CURRENT_NETNS, 0);
}

static __always_inline struct bpf_sock *subflow6(struct bpf_sock_addr *ctx, const struct sl_addr *peer,
						 __u16 peer_port, const struct sl_addr *local,
						 __u16 local_port)
{
	struct bpf_sock_tuple t = {};

	if (is_mapped(peer))
		return subflow4(ctx, peer->w[3], peer_port, local->w[3], local_port);
	__builtin_memcpy(t.ipv6.saddr, peer, sizeof(*peer));
	t.ipv6.sport = peer_port;
	__builtin_memcpy(t.ipv6.daddr, local, sizeof(*local));
	t.ipv6.dport = bpf_htons(local_port);
	return bpf_sk_lookup_tcp(ctx, &t, sizeof(t.ipv6), BPF_F_CURRENT_NETNS, 0);
}

/*
 * The socket was accepted before PASSIVE_ESTABLISHED moved the true client into its storage: it is
 * in `pending` still, or in the storage by now (that is written before `pending` is deleted).
 */
static __always_inline int peer_under_way(struct bpf_sock_addr *ctx, struct bpf_sock *sk,
					  const struct sl_tuple *key, struct sl_dst *out)
{
	__u64 cookie = bpf_get_netns_cookie(ctx);
	void *conns = bpf_map_lookup_elem(&pending, &cookie);
	struct sl_pending *p;
	struct sl_dst *dst;

	if (!conns)
		return 0;
	p = bpf_map_lookup_elem(conns, key);
	if (p && p->kind == SL_PENDING_PEER) {
		*out = p->what;
		return 1;
	}
	dst = bpf_sk_storage_get(&acc_peer, sk, 0, 0);
	if (!dst)
		return 0;
	*out = *dst;
	return 1;
}

static __always_inline int true_peer4(struct bpf_sock_addr *ctx, struct bpf_sock *sk, struct sl_dst *out)
{
	struct sl_tuple key = {};
	struct sl_dst *dst = stored_peer(sk);
	struct bpf_sock *sub;

	if (dst) {
		*out = *dst;
		return 1;
	}
	if (ctx->protocol == IPPROTO_MPTCP) {
		sub = subflow4(ctx, ctx->user_ip4, ctx->user_port, sk->src_ip4, sk->src_port);
		if (!sub)
			return 0;
		dst = stored_peer(sub);
		if (dst)
			*out = *dst;
		bpf_sk_release(sub);
		return dst != 0;
	}
	key.local = mapped(ctx->user_ip4);
	key.remote = mapped(sk->src_ip4);
	key.local_port = bpf_ntohs(ctx->user_port);
	key.remote_port = sk->src_port;
	return peer_under_way(ctx, sk, &key, out);
}

static __always_inline int true_peer6(struct bpf_sock_addr *ctx, struct bpf_sock *sk, struct sl_dst *out)
{
	struct sl_tuple key = {};
	struct sl_dst *dst = stored_peer(sk);
	struct bpf_sock *sub;

	if (dst) {
		*out = *dst;
		return 1;
	}
	READ_ADDR6(key.local, ctx, user_ip6);
	key.local_port = bpf_ntohs(ctx->user_port);
	key.remote_port = sk->src_port;
	if (is_mapped(&key.local)) {
		key.remote = mapped(sk->src_ip4);
	} else {
		READ_ADDR6(key.remote, sk, src_ip6);
	}
	if (ctx->protocol == IPPROTO_MPTCP) {
		sub = subflow6(ctx, &key.local, ctx->user_port, &key.remote, key.remote_port);
		if (!sub)
			return 0;
		dst = stored_peer(sub);
		if (dst)
			*out = *dst;
		bpf_sk_release(sub);
		return dst != 0;
	}
	return peer_under_way(ctx, sk, &key, out);
}

SEC("cgroup/getpeername4")
int sl_peername4(struct bpf_sock_addr *ctx)
{
	struct bpf_sock *sk = ctx->sk;
	struct sl_dst dst;

	if (!sk || bpf_sk_storage_get(&own_sk, sk, 0, 0))
		return ALLOW;
	if (!true_peer4(ctx, sk, &dst) || !is_mapped(&dst.addr))
		return ALLOW;
	ctx->user_ip4 = dst.addr.w[3];
	ctx->user_port = bpf_htons(dst.port);
	return ALLOW;
}

SEC("cgroup/getpeername6")
int sl_peername6(struct bpf_sock_addr *ctx)
{
	struct bpf_sock *sk = ctx->sk;
	struct sl_dst dst;

	if (!sk || bpf_sk_storage_get(&own_sk, sk, 0, 0))
		return ALLOW;
	if (!true_peer6(ctx, sk, &dst))
		return ALLOW;
	ctx->user_ip6[0] = dst.addr.w[0];
	ctx->user_ip6[1] = dst.addr.w[1];
	ctx->user_ip6[2] = dst.addr.w[2];
	ctx->user_ip6[3] = dst.addr.w[3];
	ctx->user_port = bpf_htons(dst.port);
	return ALLOW;
}

static __always_inline struct sl_pod *pod_of(struct bpf_sock_addr *ctx)
{
	__u64 cookie = bpf_get_netns_cookie(ctx);

	return bpf_map_lookup_elem(&pods, &cookie);
}

static __always_inline int released_redirect(struct bpf_sock *sub)
{
	int redirected;

	if (!sub)
		return 0;
	redirected = bpf_sk_storage_get(&orig_dst, sub, 0, 0) != 0;
	bpf_sk_release(sub);
	return redirected;
}

SEC("cgroup/getsockname4")
int sl_sockname4(struct bpf_sock_addr *ctx)
{
	struct bpf_sock *sk = ctx->sk;
	struct sl_pod *pod;
	int redirected;

	if (!sk || !is_loopback4(ctx->user_ip4))
		return ALLOW;
	redirected = bpf_sk_storage_get(&orig_dst, sk, 0, 0) != 0;
	if (!redirected && ctx->protocol == IPPROTO_MPTCP)
		redirected = released_redirect(
			subflow4(ctx, sk->dst_ip4, sk->dst_port, ctx->user_ip4, sk->src_port));
	pod = redirected ? pod_of(ctx) : 0;
	if (pod && pod->flags & SL_POD_HAS_IP4)
		ctx->user_ip4 = pod->ip4.w[3];
	return ALLOW;
}

SEC("cgroup/getsockname6")
int sl_sockname6(struct bpf_sock_addr *ctx)
{
	struct bpf_sock *sk = ctx->sk;
	struct sl_addr local = {}, peer = {};
	struct sl_pod *pod;
	int redirected, mapped4;

	if (!sk)
		return ALLOW;
	READ_ADDR6(local, ctx, user_ip6);
	mapped4 = is_mapped(&local);
	if (mapped4 ? !is_loopback4(local.w[3]) : !is_loopback6(&local))
		return ALLOW;
	redirected = bpf_sk_storage_get(&orig_dst, sk, 0, 0) != 0;
	if (!redirected && ctx->protocol == IPPROTO_MPTCP) {
		if (mapped4) {
			peer = mapped(sk->dst_ip4);
		} else {
			READ_ADDR6(peer, sk, dst_ip6);
		}
		redirected = released_redirect(subflow6(ctx, &peer, sk->dst_port, &local, sk->src_port));
	}
	pod = redirected ? pod_of(ctx) : 0;
	if (!pod)
		return ALLOW;
	if (mapped4 && pod->flags & SL_POD_HAS_IP4) {
		ctx->user_ip6[3] = pod->ip4.w[3];
	} else if (!mapped4 && pod->flags & SL_POD_HAS_IP6) {
		ctx->user_ip6[0] = pod->ip6.w[0];
		ctx->user_ip6[1] = pod->ip6.w[1];
		ctx->user_ip6[2] = pod->ip6.w[2];
		ctx->user_ip6[3] = pod->ip6.w[3];
	}
	return ALLOW;
}
