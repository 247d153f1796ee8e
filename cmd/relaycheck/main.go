// Command relaycheck tells whether a receiver of Tencent Cloud CSS relay callbacks (event_type 314) is right.
//
// Each file of this package is one subcommand: it reads flags, calls one function of a library package and turns
// the outcome into an exit code. There is no logic here.
//
//	relaycheck demo                                   the whole suite against the built-in reference receiver
//	relaycheck run -u http://127.0.0.1:8080/callbacks judge a receiver
//	relaycheck validate capture.ndjson                check captured payloads
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/relaycheck/relaycheck/internal/startup"
)

// The exit codes, the same for every subcommand.
const (
	exitOK           = 0   // everything required held and at least one check ran
	exitBroken       = 1   // the receiver or the data broke a rule
	exitUsage        = 2   // usage, config or scenario file is wrong; nothing was sent
	exitEnvironment  = 3   // target or observer unreachable or untrustworthy
	exitInconclusive = 4   // nothing could be checked, or the run was cut short
	exitInterrupted  = 130 // interrupted; reports still written
)

// app is what a subcommand may use of the world outside.
type app struct {
	in       io.Reader
	out, err io.Writer
	env      func(string) (string, bool)
}

// exitError carries an exit code from a subcommand to main. A nil err means that everything was said already.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// exit makes an error that ends the program with a code. With a nil err nothing more is printed.
func exit(code int, err error) error {
	if code == exitOK && err == nil {
		return nil
	}
	return &exitError{code: code, err: err}
}

func main() {
	startup.Done()
	// The standard library's HTTP client logs stray bytes of a receiver; they are in the transcript already.
	log.SetOutput(io.Discard)
	// The first signal cancels the context: reports are written, then the program ends with 130. Once it was
	// seen the handler is taken away, so that a second signal ends the program at once.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	a := &app{in: os.Stdin, out: os.Stdout, err: os.Stderr, env: os.LookupEnv}
	code := a.main(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// main runs one command line and returns the exit code.
func (a *app) main(ctx context.Context, args []string) int {
	root := newRootCommand(a)
	root.SetArgs(args)
	return a.tell(root.ExecuteContext(ctx))
}

// tell prints an error, unless everything was said already, and returns its exit code.
func (a *app) tell(err error) int {
	if err == nil {
		return exitOK
	}
	code := exitUsage // what cobra and pflag complain of is usage
	if ee, ok := errors.AsType[*exitError](err); ok {
		code = ee.code
		err = ee.err
	}
	if err != nil {
		_, _ = fmt.Fprintf(a.err, "relaycheck: %v\n", err)
	}
	return code
}
