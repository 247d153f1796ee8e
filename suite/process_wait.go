package suite

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"time"
)

// strangerGrace is how long a listener that does not belong to the receiver's family is distrusted. A receiver that finds its port
// taken ends within that time and says why; one that has another program listen for it (a container, a service manager)
// goes on.
const strangerGrace = time.Second

// wait waits until the receiver takes connections, or has ended, or its time is over.
func (p *process) wait(ctx context.Context) error {
	address, err := p.address()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, p.hook.Timeout)
	defer cancel()
	var seen time.Time // since when a stranger listens there
	for {
		answers := dials(ctx, address)
		if err := p.failed(); err != nil {
			return err
		}
		if answers {
			is, _ := p.strangerAt(address)
			switch {
			case !is:
				return nil
			case seen.IsZero():
				seen = time.Now()
			case time.Since(seen) > strangerGrace:
				return nil
			}
		}
		if err := wait(ctx, readyInterval); err != nil {
			return fmt.Errorf("the receiver (%s) did not listen on %s within %s%s", p.hook.At, address, p.hook.Timeout, p.output.said())
		}
	}
}

// dials reports whether somebody takes connections at an address.
func dials(ctx context.Context, address string) bool {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err == nil {
		_ = conn.Close()
	}
	return err == nil
}

// runs reports whether the program that was started has not ended.
func (p *process) runs() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// failed says that the receiver has ended, with an error; one that ends without has put itself into the background.
func (p *process) failed() error {
	if p.runs() || p.err == nil {
		return nil
	}
	p.settle()
	address, err := p.address()
	if err != nil {
		return err
	}
	taken := ""
	if is, who := p.strangerAt(address); is {
		taken = fmt.Sprintf("; %s listens on %s instead", who, address)
	}
	return fmt.Errorf("the receiver (%s) ended before it took a callback: %w%s%s", p.hook.At, p.err, taken, p.output.said())
}

// strangerAt reports whether a program listens at the receiver's address that neither is the receiver nor was started by it.
func (p *process) strangerAt(address string) (is bool, who string) {
	_, text, err := net.SplitHostPort(address)
	if err != nil || !onThisMachine(address) {
		return false, ""
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		return false, ""
	}
	return stranger(port, relatives(p.cmd.Process.Pid, p.mark))
}
