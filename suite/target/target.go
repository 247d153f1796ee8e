package target

import (
	"crypto/tls"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/internal/strict"
	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/observe/expression"
)

// A Target is what the target file says. It is not changed after it was loaded.
type Target struct {
	File         string           // as given to Load; "" if there is no file
	URL          string           // where callbacks are posted
	Signing      Signing          //
	TLS          *tls.Config      // for callbacks to an https URL; nil is the system's default
	Headers      []emitter.Header // sent with every callback, in the order of the file
	AnswerWithin time.Duration    // how long an answer is awaited; 0 means the suite's default
	Observe      Observe
	Hooks        Hooks

	// Warnings are what the file may say, but probably does not mean.
	Warnings strict.Problems

	secrets []string
}

// Signing says how callbacks are signed.
type Signing struct {
	Key      string // the callback key; "" is none
	Required bool   // the receiver refuses callbacks without a signature
}

// Observe says how the receiver's side effects can be seen.
type Observe struct {
	Within  time.Duration // how long acknowledged work may take to become visible; never 0
	Task    *TaskObserver // nil: no facts can be seen
	Effects []Effect      // in the order of the file
}

// DefaultWithin is how long acknowledged work may take to become visible where the file does not say.
const DefaultWithin = judge.DefaultWithin

// A TaskObserver shows the facts of one task.
type TaskObserver struct {
	Source
	Facts []*expression.Fact // nil: the answer is the facts object itself
}

// An Effect is a countable side effect.
type Effect struct {
	Name string
	Source
	Count *expression.Program // nil: the source's own number
	// Canary says that the ordinary life of a task has this effect, so that a count of none for the canary means an
	// observer that sees nothing.
	Canary bool
}

// The kinds of Source.
const (
	KindHTTP    = "http"
	KindSQL     = "sql"
	KindRedis   = "redis"
	KindCommand = "command"
	KindFile    = "file"
	KindSink    = "sink"
)

// A Source is where an observer looks. The field that Kind names is set, the others are nil.
type Source struct {
	Kind    string
	Timeout time.Duration // for one look; never 0
	At      string        // place in the target file: "relaycheck.yaml:7:5"

	HTTP    *HTTP
	SQL     *SQL
	Redis   *Redis
	Command *Command
	File    *File
	Sink    *Sink
}

// DefaultTimeout bounds one look. Whatever shows a task does so within this, or is of no use as an observer.
const DefaultTimeout = 5 * time.Second

// HTTP is a GET request.
type HTTP struct {
	URL     Template
	Headers []Header
	TLS     *tls.Config // nil is the system's default
}

// A Header is a header line whose value may hold placeholders.
type Header struct {
	Name  string
	Value Template
}

// SQL is a query.
type SQL struct {
	Driver string // "postgres", "mysql" or "sqlite"
	DSN    string // checked; relative SQLite paths are made absolute
	Query  Query
}

// Redis is a command.
type Redis struct {
	URL     string
	Command []Template
	TLS     *tls.Config // for a rediss URL; nil is the system's default
}

// A Command is a program to run. No shell comes in between.
type Command struct {
	Argv []Template
	Env  []string // NAME=value, besides the environment of this process
	Dir  string
}

// File is a file to read.
type File struct {
	Path  Template
	Match Template // a regular expression, in which ids stand for themselves
}

// Sink is a listener that the receiver calls.
type Sink struct {
	Listen  string              // host:port
	TaskID  *expression.Program // which task a call belongs to
	Answers []Answer            // to the first call of a task, to its second …; the last one to all that follow
}

// An Answer is what the sink answers.
type Answer struct {
	Status  int
	Headers []emitter.Header
	Body    string
	Delay   time.Duration
}

// Hooks are how the receiver is handled from outside; nil where the target has none.
type Hooks struct {
	Ready   *Hook // succeeds once the receiver takes callbacks
	Start   *Hook
	Stop    *Hook
	Restart *Hook // graceful
	Kill    *Hook // kill -9 and start again
	Reset   *Hook // forget everything
}

// The names of the hooks.
const (
	Ready   = "ready"
	Start   = "start"
	Stop    = "stop"
	Restart = "restart"
	Kill    = "kill"
	Reset   = "reset"
)

// HookNames lists the names of the hooks.
func HookNames() []string { return []string{Ready, Start, Stop, Restart, Kill, Reset} }

// Get finds a hook by its name; nil if the target has none of that name.
func (h Hooks) Get(name string) *Hook {
	switch name {
	case Ready:
		return h.Ready
	case Start:
		return h.Start
	case Stop:
		return h.Stop
	case Restart:
		return h.Restart
	case Kill:
		return h.Kill
	case Reset:
		return h.Reset
	}
	return nil
}

// Names lists the hooks that the target has.
func (h Hooks) Names() []string {
	var names []string
	for _, n := range HookNames() {
		if h.Get(n) != nil {
			names = append(names, n)
		}
	}
	return names
}

// A Hook is a request or a command. Exactly one of URL and Command is set.
type Hook struct {
	Name    string
	URL     string      // GET for ready, POST for the others; any 2xx answer is success
	TLS     *tls.Config // nil is the system's default
	Command *Command    // exit code 0 is success; of start: the receiver itself, which goes on running
	Port    int         // of start: where the receiver is to listen, told it as PORT; 0 is none
	Timeout time.Duration
	At      string // place in the target file
}

// DefaultHookTimeout bounds a hook. A restart may have to wait for requests in flight, and a JVM for itself.
const DefaultHookTimeout = 30 * time.Second
