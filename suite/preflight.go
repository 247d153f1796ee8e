package suite

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/suite/observe"
)

// preflight finds out whether the target is there, and then whether the observers can be trusted. It posts the
// callbacks of two canary tasks of its own: one that starts, one that lives a whole life. Any HTTP answer will do: what
// it is worth is for the scenarios to say.
func (r *runner) preflight(ctx context.Context) error {
	sender := emitter.NewSender(r.senderOptions())
	defer sender.Close()
	first := r.ids.take(3)
	started, whole, never := canaryTask(first), canaryTask(first+1), canaryTask(first+2)

	knocked := time.Now()
	answered, err := r.knock(ctx, sender, emitter.TaskStart(started, r.started.UnixMilli()))
	if err != nil {
		return err
	}
	r.pace(time.Since(knocked))
	if r.observers == nil || r.observers.Empty() {
		return nil
	}
	now := r.started.UnixMilli()
	file := whole.File(0, 60)
	wholeAnswered := true
	for _, cb := range []*emitter.Callback{
		emitter.TaskStart(whole, now), emitter.VodSourceFileStart(whole, file), emitter.VodSourceFileFinish(whole, file),
		emitter.TaskExit(whole, emitter.Exit{Time: now + 1000, Code: -22, Message: "write packet error."}),
	} {
		ok, err := r.knock(ctx, sender, cb)
		if err != nil && !errors.Is(err, errUnanswered) {
			return err
		}
		wholeAnswered = wholeAnswered && ok
		if err != nil {
			break // the target is there: that it leaves this event unanswered is for the scenarios to say
		}
	}
	return r.control(ctx, observe.Controls{
		Running: canary("the canary that runs", started, answered),
		Ended:   canary("the canary that ended", whole, wholeAnswered),
		Never:   observe.Identity{TaskID: never.TaskID, StreamID: never.StreamID},
		Within:  time.Duration(r.caps.Within),
	})
}

// pace bounds the plays at one time by how quick the receiver is, unless the user has said how many there shall be. A
// receiver that serves one request after the other is a sensible one; so many plays at once that each waits for all
// others would have it answer too late through our own fault.
func (r *runner) pace(answer time.Duration) {
	r.concurrency = r.cfg.Concurrency
	if r.concurrency != 0 {
		return
	}
	r.concurrency = DefaultConcurrency
	if answer > 0 {
		r.concurrency = max(1, min(DefaultConcurrency, int(queueTime/answer)))
	}
}

// queueTime is how long a callback may wait behind those of the other plays: a quarter of the 20 s after which an answer
// is too late.
const queueTime = 5 * time.Second

// errUnanswered marks a callback that was delivered and that nobody answered: the connection stood, and then came
// silence, an end, or something that is not HTTP.
var errUnanswered = errors.New("delivered and not answered")

// An unansweredError is an errUnanswered that says what happened in its own words.
type unansweredError struct{ error }

func (e *unansweredError) Is(target error) bool { return target == errUnanswered }

// knock posts one callback and reports whether it was answered 2xx. An error means that nobody answered in HTTP; it is
// an errUnanswered where the callback could at least be delivered.
func (r *runner) knock(ctx context.Context, sender *emitter.Sender, cb *emitter.Callback) (ok bool, err error) {
	if r.signAll {
		cb.Sign(r.signKey, time.Now().Add(emitter.SignatureValidity))
	}
	attempt := sender.Send(ctx, r.address(emitter.Request{Body: cb.Bytes()}))
	if ctx.Err() != nil {
		return false, &environmentError{ctx.Err()}
	}
	if attempt.Answer != nil {
		return attempt.Answer.Status/100 == 2, nil
	}
	err = r.unreached(attempt)
	if attempt.Written > 0 {
		err = &unansweredError{err}
	}
	return false, &environmentError{err}
}

// unreached says why nobody answered an attempt.
func (r *runner) unreached(attempt emitter.Attempt) error {
	reason := "no answer"
	if f := attempt.Failure; f != nil {
		reason = f.Message
		switch f.Kind {
		case emitter.FailTimeout:
			reason = fmt.Sprintf("the receiver took the callback and did not answer within %s", r.answerWithin)
			if attempt.Written == 0 {
				reason = "nobody answers at this address: " + f.Message
			}
		case emitter.FailRefused:
			reason = "nobody listens there: " + f.Message
		case emitter.FailTLS:
			reason = f.Message + "; see tls in the target file"
		case emitter.FailProtocol:
			reason = "what answers there does not speak HTTP: " + f.Message
		}
	}
	return fmt.Errorf("cannot reach the target %s: %s", r.redact([]byte(r.url)), reason)
}

// control asks the observers about the canaries, and takes over what can be seen.
func (r *runner) control(ctx context.Context, c observe.Controls) error {
	trust, err := observe.Check(ctx, r.observers, c)
	var lies *observe.UntrustworthyError
	switch {
	case errors.As(err, &lies):
		return &environmentError{fmt.Errorf("untrustworthy observer: %w", err)}
	case err != nil:
		return &environmentError{fmt.Errorf("observer: %w", err)}
	}
	r.absent = trust.Absent
	r.caps = r.observers.Capabilities(trust.Shown)
	r.caps.Hooks = r.hooks.names()
	return nil
}

// saidAbsent says what is to be thought of facts that were never there.
func saidAbsent(facts []string) string {
	return fmt.Sprintf("The target file names the facts %s, and neither canary task had them, although one lived a whole life: look for a slip in "+
		"their expressions before you believe what is said of them.", strings.Join(facts, ", "))
}

// canaryTask is a task of the preflight. Its source cannot be fetched: .invalid never resolves (RFC 2606).
func canaryTask(id int64) emitter.Task {
	text := strconv.FormatInt(id, 10)
	return emitter.Task{
		AppID: 4, TaskID: text, StreamID: "relaycheck-canary-" + text,
		ToURL:      "rtmp://5000.livepush.myqcloud.com/live/relaycheck-canary-" + text,
		SourceURLs: []string{"http://origin.relaycheck.invalid/" + text + "/canary.m3u8"},
	}
}

func canary(name string, t emitter.Task, answered bool) observe.Canary {
	return observe.Canary{
		Identity: observe.Identity{TaskID: t.TaskID, StreamID: t.StreamID}, Name: name,
		ToURL: t.ToURL, SourceURLs: t.SourceURLs, Acknowledged: answered,
	}
}
