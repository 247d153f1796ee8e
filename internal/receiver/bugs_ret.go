package receiver

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"sync"
	"sync/atomic"
	"time"
)

// retBugs are mistakes about callbacks that are sent again because their delivery failed.
func retBugs() []Bug {
	return []Bug{{
		ID:          "dedupe-per-connection",
		Title:       "Remembers what it has had per connection, and a retry comes on another.",
		Requirement: "RET-1",
		HintWords:   []string{"deduplicate the", "retry"},
		SideEffects: []SideEffect{
			also("RET-3", "the retries come on other connections"), also("DUP-1", "a copy may come on another connection"),
			also("DUP-2", "copies at the same moment come on other connections"), also("DUP-3", "a copy may come on another connection"),
		},
		seed: func(r *Receiver) {
			receive := r.receive
			r.receive = func(w http.ResponseWriter, req *http.Request) {
				receive(w, req.WithContext(context.WithValue(req.Context(), connection{}, req.RemoteAddr)))
			}
			r.keep = func(ctx context.Context, e event) error {
				return r.keepAs(ctx, fmt.Sprint(r.identity(e), ctx.Value(connection{})), e)
			}
		},
	}, {
		ID:          "half-commit-on-disconnect",
		Title:       "Takes the note back that it has had a callback when the sender is gone before the answer.",
		Requirement: "RET-1",
		HintWords:   []string{"half-commit", "request context"},
		seed: func(r *Receiver) {
			const answering = 60 * time.Millisecond // in which a sender that goes away is noticed
			var n atomic.Int64
			keep := r.keep
			r.keep = func(ctx context.Context, e event) error {
				if err := keep(ctx, e); err != nil {
					return err
				}
				pause(ctx, answering)
				if ctx.Err() == nil {
					return nil
				}
				id := r.identity(e)
				_, err := r.store.write.ExecContext(context.WithoutCancel(ctx), "update events set identity = ? where identity = ?", salted(id, &n), id)
				return err
			}
		},
	}, {
		ID:          "half-body-counts-as-had",
		Title:       "Notes a callback as had when its body begins to come, and drops the retry of one that never came whole.",
		Requirement: "RET-2",
		HintWords:   []string{"incomplete body as no callback"},
		seed: func(r *Receiver) {
			// A part shorter than this is the beginning of many callbacks, not of one.
			const telling = 150
			var mu sync.Mutex
			var parts [][]byte
			r.read = brokenBody(r.read, func(part []byte) {
				if len(part) >= telling {
					mu.Lock()
					defer mu.Unlock()
					parts = append(parts, part)
				}
			})
			take := r.take
			r.take = func(ctx context.Context, body []byte) error {
				mu.Lock()
				for _, part := range parts {
					if bytes.HasPrefix(body, part) {
						mu.Unlock()
						return nil
					}
				}
				mu.Unlock()
				return take(ctx, body)
			}
		},
	}, {
		ID:          "half-body-acted-on",
		Title:       "Acts on the part of a body that came before the connection broke.",
		Requirement: "RET-2",
		HintWords:   []string{"unexpected EOF"},
		seed: func(r *Receiver) {
			pattern := regexp.MustCompile(`"callback_event":"(VodSourceFile\w+)".*"msg":("(?:[^"\\]|\\.)*")`)
			r.read = brokenBody(r.read, func(part []byte) {
				found := pattern.FindSubmatch(part)
				if found == nil {
					return
				}
				e := event{Name: string(found[1])}
				if json.Unmarshal(found[2], &e.Msg) != nil || json.Unmarshal([]byte(e.Msg), &e.Detail) != nil || e.Detail.URL == nil {
					return
				}
				ctx, cancel := context.WithTimeout(context.Background(), keepLimit)
				defer cancel()
				ids, err := r.tasks(ctx, tasksPlaying, *e.Detail.URL)
				if err != nil || len(ids) != 1 {
					return
				}
				e.TaskID = ids[0]
				_ = r.keepAs(ctx, r.identity(e)+"#half", e)
			})
		},
	}, {
		ID:          "forgets-after-3s",
		Title:       "Remembers what it has had for 3 s, and the ladder of retries is longer.",
		Requirement: "RET-3",
		HintWords:   []string{"deduplication window"},
		SideEffects: []SideEffect{also("DUP-3", "a play that is slow for another reason may be as late"), also("RET-1", "a play that is slow for another reason may be as late")},
		seed:        rememberingFor(3 * time.Second),
	}, {
		ID:          "ladder-gives-up",
		Title:       "Answers 429 from the eleventh copy of a callback on.",
		Requirement: "RET-3",
		HintWords:   []string{"retry", "counter that gives up"},
		seed: func(r *Receiver) {
			var mu sync.Mutex
			had := map[string]int{}
			keep := r.keep
			r.keep = func(ctx context.Context, e event) error {
				id := r.identity(e)
				mu.Lock()
				had[id]++
				again := had[id]
				mu.Unlock()
				if again > 10 {
					return refuse(http.StatusTooManyRequests, "the callback has come %d times", again)
				}
				return keep(ctx, e)
			}
		},
	}}
}

// connection is the key under which a context has the address of the sender.
type connection struct{}

// brokenBody is a way of reading bodies that has a use for those that break off.
func brokenBody(read func(http.ResponseWriter, *http.Request) ([]byte, error), use func(part []byte)) func(http.ResponseWriter, *http.Request) ([]byte, error) {
	return func(w http.ResponseWriter, req *http.Request) ([]byte, error) {
		var got bytes.Buffer
		req.Body = struct {
			io.Reader
			io.Closer
		}{io.TeeReader(req.Body, &got), req.Body}
		body, err := read(w, req)
		if err != nil {
			use(got.Bytes())
		}
		return body, err
	}
}
