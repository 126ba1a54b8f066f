// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The agent's death, known before the kernel has begun to take its process apart.
 *
 *   sl_this_is_me   run once by the agent           -> agent.tgid
 *   sl_signal       SIGKILL or SIGABRT to the agent -> agent.dying
 *
 * The kernel gives back the memory of a killed process before its files; until then the programs
 * stay attached and the listeners open, with nobody behind them. With `dying` set, connect and
 * sk_lookup let everything go. SIGKILL is also what the OOM killer sends; SIGABRT is how a crashed
 * JVM ends itself, and while its core is written its files stay open.
 *
 * Nothing else depends on it: on a kernel without raw tracepoints connections made between the death
 * and the end of the files fail.
 */

#define SIGABRT 6
#define SIGKILL 9
#define SIGNAL_DELIVERED 0 /* enum of the tracepoint: not ignored, as by the init of a container */

struct task_struct {
	int tgid;
} __attribute__((preserve_access_index));

SEC("syscall")
int sl_this_is_me(void *ctx)
{
	__u32 zero = 0;
	struct sl_agent *me = bpf_map_lookup_elem(&agent, &zero);

	if (me)
		me->tgid = bpf_get_current_pid_tgid() >> 32;
	return 0;
}

/* signal_generate(int sig, struct kernel_siginfo *, struct task_struct *, int type, int result) */
SEC("raw_tracepoint/signal_generate")
int sl_signal(struct bpf_raw_tracepoint_args *ctx)
{
	int sig = (int)ctx->args[0];
	struct task_struct *task;
	struct sl_agent *me;
	__u32 zero = 0;

	if ((sig != SIGKILL && sig != SIGABRT) || (int)ctx->args[4] != SIGNAL_DELIVERED)
		return 0;
	me = bpf_map_lookup_elem(&agent, &zero);
	task = (struct task_struct *)ctx->args[2];
	if (me && me->tgid && (__u32)BPF_CORE_READ(task, tgid) == me->tgid)
		me->dying = 1;
	return 0;
}
