package emitter

import "time"

// Limits bound what a receiver can cost a Sender in time and memory. A zero field means its default.
type Limits struct {
	// Dial bounds connecting, the look-up of the name included. Default 1.5 s: a host that is there answers a SYN
	// within one retransmission (1 s) or not at all, and a dead target must be told in under 2 s.
	Dial time.Duration

	// Handshake bounds the TLS handshake. Default 5 s: a port that is open but does not speak TLS says nothing for
	// ever; real handshakes over bad links take one or two seconds.
	Handshake time.Duration

	// Answer is the time from the last byte written to the last byte of the answer. Default 20 s, after which CSS
	// counts a delivery as failed ("How to Receive Event Notification"). Writing has the same time on top of the
	// pauses that were asked for.
	Answer time.Duration

	// Lost is how long a lost answer may take to begin before the connection is closed anyway. Default 2 s: what is
	// to be lost is the answer, not the request, so the receiver gets the time to work; but the play has to go on.
	Lost time.Duration

	// Idle is how long a connection is kept for the next request. Default 1 s: common servers close idle connections
	// after 2 s (gunicorn) or 5 s (Node, uvicorn, Apache), and a request written at that very moment would be
	// lost through nobody's fault.
	Idle time.Duration

	// Head bounds the bytes of an answer's head, interim answers included. Default 64 KiB: several times what
	// servers and proxies themselves allow (4 to 16 KiB).
	Head int

	// Body bounds the bytes kept of an answer's body; the rest is not read and Answer.Truncated is set. Default
	// 1 MiB: CSS ignores the body, reports show its beginning.
	Body int
}

func (l Limits) withDefaults() Limits {
	def := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	def(&l.Dial, 1500*time.Millisecond)
	def(&l.Handshake, 5*time.Second)
	def(&l.Answer, 20*time.Second)
	def(&l.Lost, 2*time.Second)
	def(&l.Idle, time.Second)
	if l.Head <= 0 {
		l.Head = 64 << 10
	}
	if l.Body <= 0 {
		l.Body = 1 << 20
	}
	return l
}
