package main

import (
	"bytes"
	"fmt"
	"os"
	"syscall"
	"time"
	"unsafe"
)

var modes = map[string]func(options){
	"saturate": saturate, "rate": rate, "connect": connectEach, "stream": streams, "pingpong": pingpong, "idle": idle,
}

// outcome of bytes that came.
type outcome int

const (
	more outcome = iota
	complete
	wrong
)

// reader follows one response, whose body's length is known.
type reader struct {
	body    int
	left    int // of the body; -1 while the head is awaited
	partial []byte
}

func (r *reader) expect(body int) {
	r.body, r.left, r.partial = body, -1, r.partial[:0]
}

var status200 = []byte("HTTP/1.1 200")

func (r *reader) take(data []byte) outcome {
	if r.left < 0 {
		if len(r.partial) > 0 {
			r.partial = append(r.partial, data...)
			data = r.partial
		}
		end := bytes.Index(data, headEnd)
		if end < 0 {
			if len(r.partial) == 0 {
				r.partial = append(r.partial, data...)
			}
			return more
		}
		if !bytes.HasPrefix(data, status200) {
			return wrong
		}
		data = data[end+len(headEnd):]
		r.left = r.body
	}
	return r.skip(len(data))
}

func (r *reader) skip(count int) outcome {
	r.left -= count
	switch {
	case r.left > 0:
		return more
	case r.left == 0:
		return complete
	default:
		return wrong
	}
}

// client is one connection with one request under way at most.
type client struct {
	fd    int
	begin int64
	reader
}

func request(o options, more string) []byte {
	return []byte(fmt.Sprintf("GET %s HTTP/1.1\r\nHost: %s\r\n%s\r\n", o.path, o.host, more))
}

// receive reads what is there; 0 bytes are an end.
func (c *client) receive(buffer []byte) (outcome, int) {
	if c.left > 0 {
		n := discard(c.fd, c.left)
		if n <= 0 {
			return more, n
		}
		return c.skip(n), n
	}
	n := read(c.fd, buffer)
	if n <= 0 {
		return more, n
	}
	return c.take(buffer[:n]), n
}

type generator struct {
	*window
	poll    *poller
	peer    *syscall.SockaddrInet4
	get     []byte
	clients []*client
	buffer  []byte
}

func newGenerator(o options, more string) *generator {
	return &generator{poll: newPoller(), peer: address(o.to), get: request(o, more), buffer: make([]byte, 64*1024),
		window: &window{options: o}}
}

// open connects all and starts the clock.
func (g *generator) open() {
	for i := 0; i < g.connections; i++ {
		fd := nonblocking(connect(g.peer))
		g.clients = append(g.clients, &client{fd: fd})
		g.poll.add(fd, syscall.EPOLLIN, int32(i))
	}
	g.window = newWindow(g.options)
}

func (g *generator) ask(c *client, begin int64) {
	c.begin = begin
	c.expect(g.options.body)
	if write(c.fd, g.get) != len(g.get) {
		g.errors++
	}
}

// answered is true when the response is there or won't come; then the client is free.
func (g *generator) answered(tag int32) bool {
	c := g.clients[tag]
	got, n := c.receive(g.buffer)
	switch {
	case isAgain(n):
		return false
	case n <= 0 || got == wrong:
		g.errors++
		closeFd(c.fd)
		c.fd = nonblocking(connect(g.peer))
		g.poll.add(c.fd, syscall.EPOLLIN, tag)
		return true
	case got == complete:
		g.done(c.begin, nanos())
		return true
	default:
		return false
	}
}

// saturate: each connection asks again as soon as it is answered.
func saturate(o options) {
	g := newGenerator(o, "")
	g.open()
	for _, c := range g.clients {
		g.ask(c, nanos())
	}
	for !g.over(nanos()) {
		for _, event := range g.poll.wait(100) {
			if g.answered(event.Fd) {
				g.ask(g.clients[event.Fd], nanos())
			}
		}
	}
	g.report()
}

const backlogMax = 1 << 16

// rate: a request is due at each tick of a clock that waits for nobody, and its time counts from there.
func rate(o options) {
	g := newGenerator(o, "")
	g.open()
	interval := int64(1e9) / int64(o.rate)
	timer := newTimer(interval)
	g.poll.add(timer, syscall.EPOLLIN, -1)
	free := make([]int32, 0, o.connections)
	for i := range g.clients {
		free = append(free, int32(i))
	}
	waiting := make([]int64, 0, backlogMax)
	due := nanos() + interval
	for now := nanos(); !g.over(now); now = nanos() {
		for _, event := range g.poll.wait(100) {
			if event.Fd < 0 {
				read(timer, g.buffer[:8])
			} else if g.answered(event.Fd) {
				free = append(free, event.Fd)
			}
		}
		for ; due <= nanos(); due += interval {
			if len(waiting) < backlogMax {
				waiting = append(waiting, due)
			} else {
				g.errors++
			}
		}
		sent := 0
		for ; sent < len(waiting) && len(free) > 0; sent++ {
			// The one that has rested longest: a proxy must not get along with one warm connection.
			next := free[0]
			free = append(free[:0], free[1:]...)
			g.ask(g.clients[next], waiting[sent])
		}
		waiting = append(waiting[:0], waiting[sent:]...)
	}
	g.report()
}

func newTimer(interval int64) int {
	fd, _, errno := syscall.RawSyscall(syscall.SYS_TIMERFD_CREATE, 1, syscall.O_NONBLOCK, 0)
	if errno != 0 {
		fail("timerfd_create: %v", errno)
	}
	spec := [4]int64{interval / 1e9, interval % 1e9, interval / 1e9, interval % 1e9}
	if _, _, errno = syscall.RawSyscall6(syscall.SYS_TIMERFD_SETTIME, fd, 0, uintptr(unsafe.Pointer(&spec)), 0, 0, 0); errno != 0 {
		fail("timerfd_settime: %v", errno)
	}
	return int(fd)
}

// connectEach: each request has a connection of its own, which the server ends.
func connectEach(o options) {
	g := newGenerator(o, "Connection: close\r\n")
	g.clients = make([]*client, o.connections)
	answered := make([]bool, o.connections)
	begin := func(tag int32) {
		fd, err := dial(g.peer)
		if err != nil {
			fail("connect to %s: %v", o.to, err)
		}
		g.clients[tag] = &client{fd: fd, begin: nanos()}
		g.clients[tag].expect(o.body)
		answered[tag] = false
		g.poll.add(fd, syscall.EPOLLOUT, tag)
	}
	g.window = newWindow(o)
	for i := range g.clients {
		begin(int32(i))
	}
	for !g.over(nanos()) {
		for _, event := range g.poll.wait(100) {
			c := g.clients[event.Fd]
			if event.Events&syscall.EPOLLOUT != 0 && event.Events&(syscall.EPOLLERR|syscall.EPOLLHUP) == 0 {
				write(c.fd, g.get)
				g.poll.change(c.fd, syscall.EPOLLIN, event.Fd)
				continue
			}
			got, n := c.receive(g.buffer)
			switch {
			case isAgain(n):
				continue
			case got == complete:
				answered[event.Fd] = true
				g.done(c.begin, nanos())
				continue
			case n > 0 && got == more:
				continue
			case !answered[event.Fd]:
				g.errors++
			}
			closeFd(c.fd)
			begin(event.Fd)
		}
	}
	g.report()
}

// streams takes what comes, as fast as it comes.
func streams(o options) {
	g := newGenerator(o, "")
	g.open()
	for !g.over(nanos()) {
		for _, event := range g.poll.wait(100) {
			n := discard(g.clients[event.Fd].fd, 8<<20)
			if n <= 0 && !isAgain(n) {
				fail("the stream ended: %d", n)
			}
			if n > 0 && g.window.open {
				g.bytes += int64(n)
				g.count++
			}
		}
	}
	g.report()
}

// pingpong: 64 bytes there and back, one after the other.
func pingpong(o options) {
	fd := connect(address(o.to))
	ball := make([]byte, 64)
	w := newWindow(o)
	for now := nanos(); !w.over(now); {
		write(fd, ball)
		for got := 0; got < len(ball); {
			n := read(fd, ball[got:])
			if n <= 0 && !isAgain(n) {
				fail("the echo ended: %d", n)
			}
			if n > 0 {
				got += n
			}
		}
		then := nanos()
		w.done(now, then)
		now = then
	}
	w.report()
}

// idle: each connection gets one answer and stays; ends with standard input.
func idle(o options) {
	g := newGenerator(o, "")
	g.open()
	for i, c := range g.clients {
		g.ask(c, nanos())
		for end := nanos() + int64(5*time.Second); !g.answered(int32(i)); {
			if nanos() > end {
				fail("connection %d of %d got no answer in 5 s", i+1, g.connections)
			}
			g.poll.wait(10)
		}
	}
	fmt.Printf("{\"count\": %d, \"errors\": %d}\n", len(g.clients), g.errors)
	os.Stdin.Read(g.buffer)
}
