package main

import (
	"fmt"
	"net"
	"strconv"
	"syscall"
	"time"
	"unsafe"
)

// Raw system calls: the Go scheduler would hand the processor over around each of them.

type poller struct {
	fd     int
	events [512]syscall.EpollEvent
}

func newPoller() *poller {
	fd, err := syscall.EpollCreate1(0)
	if err != nil {
		fail("epoll_create1: %v", err)
	}
	return &poller{fd: fd}
}

// add watches fd; tag comes back with its events.
func (p *poller) add(fd int, events uint32, tag int32) {
	event := syscall.EpollEvent{Events: events, Fd: tag}
	if err := syscall.EpollCtl(p.fd, syscall.EPOLL_CTL_ADD, fd, &event); err != nil {
		fail("epoll_ctl add: %v", err)
	}
}

func (p *poller) change(fd int, events uint32, tag int32) {
	event := syscall.EpollEvent{Events: events, Fd: tag}
	if err := syscall.EpollCtl(p.fd, syscall.EPOLL_CTL_MOD, fd, &event); err != nil {
		fail("epoll_ctl mod: %v", err)
	}
}

// wait returns ready events, perhaps none.
func (p *poller) wait(millis int) []syscall.EpollEvent {
	n, _, errno := syscall.RawSyscall6(syscall.SYS_EPOLL_PWAIT, uintptr(p.fd),
		uintptr(unsafe.Pointer(&p.events[0])), uintptr(len(p.events)), uintptr(millis), 0, 0)
	if errno != 0 {
		return nil // a signal
	}
	return p.events[:n]
}

// read returns the number of bytes, 0 at the end, or a negative errno.
func read(fd int, buffer []byte) int {
	n, _, errno := syscall.RawSyscall(syscall.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&buffer[0])), uintptr(len(buffer)))
	return result(n, errno)
}

func write(fd int, bytes []byte) int {
	n, _, errno := syscall.RawSyscall6(syscall.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(&bytes[0])), uintptr(len(bytes)), syscall.MSG_NOSIGNAL, 0, 0)
	return result(n, errno)
}

// discard takes up to limit received bytes without copying them.
func discard(fd int, limit int) int {
	n, _, errno := syscall.RawSyscall6(syscall.SYS_RECVFROM, uintptr(fd), 0, uintptr(limit), syscall.MSG_TRUNC, 0, 0)
	return result(n, errno)
}

// sendfile sends from the start of a file, without copying.
func sendfile(fd, file, count int) int {
	var offset int64
	n, _, errno := syscall.RawSyscall6(syscall.SYS_SENDFILE, uintptr(fd), uintptr(file), uintptr(unsafe.Pointer(&offset)), uintptr(count), 0, 0)
	return result(n, errno)
}

func closeFd(fd int) {
	syscall.RawSyscall(syscall.SYS_CLOSE, uintptr(fd), 0, 0)
}

func result(n uintptr, errno syscall.Errno) int {
	if errno != 0 {
		return -int(errno)
	}
	return int(n)
}

func isAgain(n int) bool {
	return n == -int(syscall.EAGAIN) || n == -int(syscall.EINTR)
}

var start = time.Now()

func nanos() int64 {
	return int64(time.Since(start))
}

func listen(host string, port int) int {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		fail("socket: %v", err)
	}
	syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1)
	if err := syscall.Bind(fd, address(fmt.Sprintf("%s:%d", host, port))); err != nil {
		fail("%s:%d can't be had: %v (expected: an address of ours and a port that nobody has)", host, port, err)
	}
	if err := syscall.Listen(fd, 4096); err != nil {
		fail("listen: %v", err)
	}
	return fd
}

func address(text string) *syscall.SockaddrInet4 {
	host, port, err := net.SplitHostPort(text)
	ip := net.ParseIP(host).To4()
	number, numberErr := strconv.Atoi(port)
	if err != nil || ip == nil || numberErr != nil || number < 1 || number > 65535 {
		fail("address '%s' (expected: IPV4:PORT)", text)
	}
	return &syscall.SockaddrInet4{Port: number, Addr: [4]byte{ip[0], ip[1], ip[2], ip[3]}}
}

// dial begins to connect; nil when it is under way.
func dial(to *syscall.SockaddrInet4) (int, error) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	noDelay(fd)
	if err := syscall.Connect(fd, to); err != nil && err != syscall.EINPROGRESS {
		closeFd(fd)
		return -1, err
	}
	return fd, nil
}

// connect waits until it is connected.
func connect(to *syscall.SockaddrInet4) int {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err == nil {
		noDelay(fd)
		err = syscall.Connect(fd, to)
	}
	if err != nil {
		fail("connect to port %d: %v", to.Port, err)
	}
	return fd
}

func nonblocking(fd int) int {
	if err := syscall.SetNonblock(fd, true); err != nil {
		fail("set nonblocking: %v", err)
	}
	return fd
}

func noDelay(fd int) {
	syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
}
