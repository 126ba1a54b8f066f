package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

const (
	kindListenHTTP = iota
	kindListenSource
	kindListenEcho
	kindHTTP
	kindSource
	kindEcho
)

// requestMax: a longer head is not answered.
const requestMax = 8192

// sourceBytes is sent at a time, from a file in memory.
const sourceBytes = 1 << 20

type peer struct {
	kind    int
	partial []byte // of a request's head
	rest    []byte // of a response, not sent yet
	last    bool   // the client wants no more of this connection
}

// backend answers GET /1k and GET /100k, sends without an end on another port, and echoes on a third one.
func backend(args []string) {
	if len(args) != 4 {
		fail("backend takes an address and three ports")
	}
	small, large := response(1024), response(100*1024)
	file := zeros()
	poll := newPoller()
	peers := make([]*peer, 65536)
	for i, kind := range []int{kindListenHTTP, kindListenSource, kindListenEcho} {
		port, err := strconv.Atoi(args[i+1])
		if err != nil {
			fail("port '%s' (expected: a number)", args[i+1])
		}
		fd := listen(args[0], port)
		peers[fd] = &peer{kind: kind}
		poll.add(fd, syscall.EPOLLIN, int32(fd))
	}
	fmt.Println("listening")
	buffer := make([]byte, 256*1024)
	for {
		if os.Getppid() == 1 {
			return // whoever started it is gone
		}
		for _, event := range poll.wait(1000) {
			fd := int(event.Fd)
			one := peers[fd]
			if one == nil {
				continue
			}
			open := true
			switch one.kind {
			case kindListenHTTP, kindListenSource, kindListenEcho:
				accept(poll, peers, fd, one.kind+3)
			case kindHTTP:
				open = serve(poll, fd, one, buffer, small, large)
			case kindSource:
				open = stream(fd, file)
			case kindEcho:
				n := read(fd, buffer[:65536])
				open = n > 0 && write(fd, buffer[:n]) == n || isAgain(n)
			}
			if !open {
				peers[fd] = nil
				closeFd(fd)
			}
		}
	}
}

func response(size int) []byte {
	head := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n", size)
	return []byte(head + strings.Repeat("x", size))
}

// zeros is a file in memory.
func zeros() int {
	file, err := os.CreateTemp("/dev/shm", "sluice-p-")
	if err != nil {
		fail("a file to send from: %v", err)
	}
	os.Remove(file.Name())
	if _, err := file.Write(make([]byte, sourceBytes)); err != nil {
		fail("a file to send from: %v", err)
	}
	return int(file.Fd())
}

func accept(poll *poller, peers []*peer, listener, kind int) {
	for i := 0; i < 64; i++ {
		fd, _, err := syscall.Accept4(listener, syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC)
		if err != nil {
			return
		}
		if fd >= len(peers) {
			closeFd(fd)
			return
		}
		noDelay(fd)
		events := uint32(syscall.EPOLLIN)
		if kind == kindSource {
			events = syscall.EPOLLOUT
		}
		peers[fd] = &peer{kind: kind}
		poll.add(fd, events, int32(fd))
	}
}

var (
	headEnd = []byte("\r\n\r\n")
	isLast  = []byte("\r\nConnection: close\r\n")
)

func serve(poll *poller, fd int, one *peer, buffer, small, large []byte) bool {
	if len(one.rest) > 0 {
		return send(poll, fd, one, one.rest)
	}
	n := read(fd, buffer[:requestMax])
	if n <= 0 {
		return isAgain(n)
	}
	request := buffer[:n]
	if len(one.partial) > 0 {
		one.partial = append(one.partial, request...)
		request = one.partial
	}
	if !bytes.HasSuffix(request, headEnd) {
		if len(one.partial) == 0 {
			one.partial = append(one.partial, request...)
		}
		return len(one.partial) < requestMax
	}
	answer := small
	if bytes.HasPrefix(request, []byte("GET /100k ")) {
		answer = large
	}
	one.last = bytes.Contains(request, isLast)
	one.partial = one.partial[:0]
	return send(poll, fd, one, answer)
}

func send(poll *poller, fd int, one *peer, bytes []byte) bool {
	waited := len(one.rest) > 0
	n := write(fd, bytes)
	if n < 0 && !isAgain(n) {
		return false
	}
	if n > 0 {
		bytes = bytes[n:]
	}
	one.rest = bytes
	if len(bytes) > 0 && !waited {
		poll.change(fd, syscall.EPOLLOUT, int32(fd))
	} else if len(bytes) == 0 && waited {
		poll.change(fd, syscall.EPOLLIN, int32(fd))
	}
	return len(bytes) > 0 || !one.last
}

func stream(fd, file int) bool {
	for i := 0; i < 4; i++ {
		n := sendfile(fd, file, sourceBytes)
		if n < 0 {
			return isAgain(n)
		}
	}
	return true
}
