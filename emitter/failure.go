package emitter

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"time"
)

// A dialError is a connection that could not be made, a handshakeError one that came without TLS.
type (
	dialError      struct{ err error }
	handshakeError struct{ err error }
	protocolError  struct{ what string }
	// A timeoutError is an answer that did not come in time.
	timeoutError struct{ limit time.Duration }
	// An oursError is an end that the script asked for.
	oursError struct{ what string }
)

func (e *dialError) Error() string      { return e.err.Error() }
func (e *dialError) Unwrap() error      { return e.err }
func (e *handshakeError) Error() string { return e.err.Error() }
func (e *handshakeError) Unwrap() error { return e.err }
func (e *protocolError) Error() string  { return e.what }
func (e *oursError) Error() string      { return e.what }
func (e *timeoutError) Error() string   { return fmt.Sprintf("no answer within %v", e.limit) }

// errSenderClosed is why an attempt on a closed Sender was not made.
var errSenderClosed = errors.New("the sender is closed")

// classify makes a Failure of an error. ctx is the attempt's own: its cause says who ended it. Messages are free of
// port numbers and addresses of ours, so that two runs tell the same.
func classify(ctx context.Context, err error) *Failure {
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	var (
		dial      *dialError
		handshake *handshakeError
		protocol  *protocolError
		timeout   *timeoutError
		ours      *oursError
		netErr    net.Error
	)
	switch {
	case errors.As(err, &ours):
		return &Failure{FailOurs, err.Error()}
	case errors.As(err, &timeout):
		return &Failure{FailTimeout, err.Error()}
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, errSenderClosed), ctx.Err() != nil:
		return &Failure{FailCanceled, err.Error()}
	case errors.As(err, &handshake):
		return &Failure{FailTLS, "TLS handshake: " + tlsMessage(handshake.err)}
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE): // nothing that the receiver could help
		return &Failure{FailOther, "this machine can open no more connections: " + err.Error()}
	case errors.As(err, &dial):
		return &Failure{FailRefused, err.Error()}
	case errors.As(err, &protocol):
		return &Failure{FailProtocol, err.Error()}
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &netErr) && netErr.Timeout():
		return &Failure{FailTimeout, "no answer in time"}
	case isReset(err):
		return &Failure{FailReset, "the receiver reset the connection"}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.ErrClosedPipe),
		errors.Is(err, net.ErrClosed), strings.Contains(err.Error(), "server closed idle connection"):
		return &Failure{FailClosed, "the receiver closed the connection before its answer was whole"}
	case isTLSAlert(err):
		return &Failure{FailTLS, "TLS: " + err.Error()}
	case errors.As(err, &netErr):
		return &Failure{FailOther, err.Error()}
	}
	return &Failure{FailProtocol, "not a valid HTTP answer: " + strings.TrimPrefix(err.Error(), "net/http: ")}
}

// isReset reports whether the other side has torn the connection down, as reading and writing tell it.
func isReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNABORTED)
}

// isTLSAlert finds what the receiver tells after the handshake, such as "certificate required" in TLS 1.3.
func isTLSAlert(err error) bool {
	var alert tls.AlertError
	var op *net.OpError
	return errors.As(err, &alert) || (errors.As(err, &op) && op.Op == "remote error")
}

func tlsMessage(err error) string {
	if record, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		if string(record.RecordHeader[:]) == "HTTP/" {
			return "the receiver speaks plain HTTP on this port"
		}
		return "the receiver does not speak TLS on this port"
	}
	return err.Error()
}

// protocolOf marks errors of net/http's own parser as the receiver's, unless the connection failed.
func protocolOf(err error) error {
	var netErr net.Error
	if err == nil || errors.As(err, &netErr) || isReset(err) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.ErrClosedPipe) {
		return err
	}
	return &protocolError{"not a valid HTTP answer: " + err.Error()}
}
