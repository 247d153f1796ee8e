package main

import (
	"flag"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/relaycheck/relaycheck/internal/receiver"
	"github.com/relaycheck/relaycheck/internal/startup"
)

var update = flag.Bool("update", false, "write the expected output of scripts anew")

// TestMain makes the test binary the real program when a script calls relaycheck.
func TestMain(m *testing.M) {
	startup.Done()
	testscript.Main(m, map[string]func(){"relaycheck": main})
}

// TestScripts runs the command line as a user would, one file of testdata/script each: the real program in a process
// of its own, real HTTP on loopback. Every script finds a running reference receiver at $TARGET, its target file as
// relaycheck.yaml, and an address where nobody listens in $DEAD.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               setup,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"receiver":   startReceiver,
			"server":     startServer,
			"exits":      exits,
			"pack":       pack,
			"damaged":    damaged,
			"is-har":     isHAR,
			"adds-up":    addsUp,
			"interrupts": interrupts,
		},
	})
}

func setup(env *testscript.Env) error {
	env.Values[envKey{}] = env
	base, err := serve(env, "")
	if err != nil {
		return err
	}
	dead, err := deadAddress()
	if err != nil {
		return err
	}
	env.Setenv("BASE", base)
	env.Setenv("TARGET", base+receiver.Path)
	env.Setenv("DEAD", dead)
	// What the machine's own environment says must not reach the program.
	for _, name := range []string{"CI", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"} {
		env.Setenv(name, "")
	}
	return os.WriteFile(filepath.Join(env.WorkDir, "relaycheck.yaml"), []byte(targetFile(base)), 0o600)
}

// targetFile is the target file of a receiver that answers in the standard shape of facts.
func targetFile(base string) string {
	return "url: " + base + receiver.Path + "\nobserve:\n  task:\n    http: {url: \"" + base + "/tasks/{{task_id}}\"}\n"
}

// serve starts a receiver that ends with the script.
func serve(env *testscript.Env, bug string) (base string, err error) {
	rcv, err := receiver.Open(receiver.Config{Bug: bug})
	if err != nil {
		return "", err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: rcv}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l)
	}()
	env.Defer(func() {
		_ = server.Close()
		<-done
		_ = rcv.Close()
	})
	return "http://" + l.Addr().String(), nil
}

// startReceiver is the script command `receiver BUG`: from here on $TARGET and relaycheck.yaml are those of a
// receiver with the bug.
func startReceiver(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: receiver BUG")
	}
	env := ts.Value(envKey{}).(*testscript.Env)
	base, err := serve(env, args[0])
	ts.Check(err)
	ts.Setenv("BASE", base)
	ts.Setenv("TARGET", base+receiver.Path)
	ts.Check(os.WriteFile(ts.MkAbs("relaycheck.yaml"), []byte(targetFile(base)), 0o600))
}

type envKey struct{}

// exits is the script command `exits CODE relaycheck ARG…`: the program must end with just this code.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND ARG…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if err != nil {
		got = exitCode(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func exitCode(err error) int {
	type coder interface{ ExitCode() int }
	if c, ok := err.(coder); ok {
		return c.ExitCode()
	}
	return -1
}

// deadAddress is a URL where nobody listens.
func deadAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer func() { _ = l.Close() }()
	return "http://" + l.Addr().String() + "/callbacks", nil
}
