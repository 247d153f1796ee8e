package observe

import (
	"bytes"
	"fmt"
	"net"
	"strconv"
	"time"
)

// Bounds on a reply of Redis.
const (
	maxReplyBytes = 4 << 20
	maxReplyItems = 100_000
)

// A respConn lets no reply through that is too large. The client makes room for a reply by the length that the
// server announces, before anything has come; so the announcements are what is read here.
//
// It keeps the deadline that it was made with: the client would lift it.
type respConn struct {
	net.Conn
	total int    // bytes since the last request
	items int    // elements announced since then
	skip  int    // bytes of a bulk string that are still to come
	line  []byte // of a header, as far as it has come
}

// SetDeadline implements net.Conn.
func (*respConn) SetDeadline(time.Time) error { return nil }

// SetReadDeadline implements net.Conn.
func (*respConn) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline implements net.Conn.
func (*respConn) SetWriteDeadline(time.Time) error { return nil }

func (c *respConn) Write(p []byte) (int, error) {
	c.total, c.items = 0, 0
	return c.Conn.Write(p)
}

func (c *respConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if cerr := c.check(p[:n]); cerr != nil {
		return 0, cerr
	}
	return n, err
}

// check follows the framing of RESP2.
func (c *respConn) check(p []byte) error {
	if c.total += len(p); c.total > maxReplyBytes {
		return fmt.Errorf("the reply is longer than %d MiB", maxReplyBytes>>20)
	}
	for len(p) > 0 {
		if c.skip > 0 {
			n := min(c.skip, len(p))
			c.skip, p = c.skip-n, p[n:]
			continue
		}
		end := bytes.IndexByte(p, '\n')
		if end < 0 {
			c.line = append(c.line, p...)
			return nil
		}
		c.line = append(c.line, p[:end]...)
		p = p[end+1:]
		if err := c.header(bytes.TrimSuffix(c.line, []byte("\r"))); err != nil {
			return err
		}
		c.line = c.line[:0]
	}
	return nil
}

func (c *respConn) header(line []byte) error {
	if len(line) == 0 || line[0] != '$' && line[0] != '*' {
		return nil
	}
	n, err := strconv.Atoi(string(line[1:]))
	if err != nil || n < 0 {
		return nil //nolint:nilerr // nil, or no header at all: the client tells
	}
	if line[0] == '$' {
		if n > maxReplyBytes {
			return fmt.Errorf("the reply is longer than %d MiB", maxReplyBytes>>20)
		}
		c.skip = n + len("\r\n")
		return nil
	}
	if c.items += n; n > maxReplyItems || c.items > maxReplyItems {
		return fmt.Errorf("the reply has more than %d elements", maxReplyItems)
	}
	return nil
}
