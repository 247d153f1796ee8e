package receiver

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// ackBugs are mistakes in answering.
func ackBugs() []Bug {
	noBody := also("ACK-3", "there is no body")
	return []Bug{{
		ID:          "status-201",
		Title:       "Answers 201 Created, because a row was created.",
		Requirement: "ACK-1",
		HintWords:   []string{"200", "201"},
		SideEffects: []SideEffect{noBody},
		seed:        answeringSuccess(http.StatusCreated),
	}, {
		ID:          "status-202",
		Title:       "Answers 202 Accepted, because the work is queued.",
		Requirement: "ACK-1",
		HintWords:   []string{"200", "202"},
		SideEffects: []SideEffect{noBody},
		seed:        answeringSuccess(http.StatusAccepted),
	}, {
		ID:          "status-204",
		Title:       "Answers 204 No Content, because it has nothing to say.",
		Requirement: "ACK-1",
		HintWords:   []string{"200", "204"},
		SideEffects: []SideEffect{noBody},
		seed:        answeringSuccess(http.StatusNoContent),
	}, {
		ID:          "status-302",
		Title:       "Redirects to a page that says OK after it has stored the callback.",
		Requirement: "ACK-1",
		HintWords:   []string{"200", "redirect"},
		SideEffects: []SideEffect{noBody},
		seed: func(r *Receiver) {
			answer := r.answer
			r.answer = func(w http.ResponseWriter, req *http.Request, outcome error) {
				if outcome == nil {
					w.Header().Set("Location", "/ok")
					w.WriteHeader(http.StatusFound)
					return
				}
				answer(w, req, outcome)
			}
		},
	}, {
		ID:          "status-202-files",
		Title:       "Answers 202 to the file events, which another service handles.",
		Requirement: "ACK-1",
		HintWords:   []string{"200", "202"},
		seed: func(r *Receiver) {
			keep := r.keep
			r.keep = func(ctx context.Context, e event) error {
				err := keep(ctx, e)
				if err == nil && isFileEvent(e) {
					return refuse(http.StatusAccepted, "queued")
				}
				return err
			}
		},
	}, {
		ID:          "pool-deadlock",
		Title:       "Takes a second connection from a pool of five while it holds the first, so six starts at once wait for each other.",
		Requirement: "ACK-2",
		HintWords:   []string{"20 s", "slow work"},
		SideEffects: []SideEffect{also(Everything, "all that start a task at the same moment wait for the same pool")},
		seed: func(r *Receiver) {
			const work = 150 * time.Millisecond // while it holds the first connection
			pool := make(chan struct{}, 5)
			keep := r.keep
			take := func(ctx context.Context) bool {
				select {
				case pool <- struct{}{}:
					return true
				case <-time.After(r.cfg.AnswerLimit + time.Second):
				case <-ctx.Done():
				}
				return false
			}
			r.keep = func(ctx context.Context, e event) error {
				if e.Name != taskStart {
					return keep(ctx, e)
				}
				for range 2 {
					if !take(ctx) {
						return refuse(http.StatusServiceUnavailable, "no connection to be had")
					}
					defer func() { <-pool }()
					pause(ctx, work)
				}
				return keep(ctx, e)
			}
		},
	}, {
		ID:          "body-ok",
		Title:       "Answers with the text OK.",
		Requirement: "ACK-3",
		HintWords:   []string{`{"code":0}`},
		seed:        answeringText("OK"),
	}, {
		ID:          "body-empty",
		Title:       "Answers with no body at all.",
		Requirement: "ACK-3",
		HintWords:   []string{"JSON body"},
		seed:        answeringText(""),
	}, {
		ID:          "body-code-200",
		Title:       "Repeats the status in the body, as the house style of its API has it.",
		Requirement: "ACK-3",
		HintWords:   []string{`{"code":0}`},
		seed:        answeringText(`{"code":200,"message":"success"}`),
	}, {
		ID:          "code-1-nothing-stored",
		Title:       "Answers 200 with code 1 when storing a file's finish fails, so that CSS never sends it again.",
		Requirement: "ACK-4",
		HintWords:   []string{"200 with an error code"},
		SideEffects: []SideEffect{
			also("SEQ-2", "the finish is lost"), also("SEQ-3", "the finishes are lost"), also("SEQ-4", "events of the loops are lost"),
			also("ORD-1", "the finish is lost"), also("ORD-2", "the finish is lost"), also("DUP-1", "the finish is lost"),
			also("DUP-2", "the finish is lost"), also("DUP-3", "the finish is lost"), also("DUP-4", "the finishes are lost"),
			also("RET-1", "the finish is lost"), also("RET-2", "the finish is lost"), also("RET-3", "the finish is lost"),
			also("DUR-1", "the finish is lost"), also("DUR-2", "the finish is lost"),
		},
		seed: func(r *Receiver) {
			keep, answer := r.keep, r.answer
			failed := refuse(http.StatusOK, "could not be stored")
			r.keep = func(ctx context.Context, e event) error {
				if e.Name == fileFinish {
					return failed
				}
				return keep(ctx, e)
			}
			r.answer = func(w http.ResponseWriter, req *http.Request, outcome error) {
				if errors.Is(outcome, failed) {
					writeJSON(w, http.StatusOK, note{Code: 1, Message: failed.Error()})
					return
				}
				answer(w, req, outcome)
			}
		},
	}, {
		ID:          "queue-drops-when-full",
		Title:       "Answers at once and hands file events to a queue of two, which drops what comes while it is full.",
		Requirement: "ACK-4",
		HintWords:   []string{"in-memory queues", "drop when full"},
		SideEffects: []SideEffect{also(Everything, "file events that come at the same moment are lost")},
		seed: func(r *Receiver) {
			const work = 150 * time.Millisecond // what the worker takes for one
			var waiting atomic.Int32
			worker := newBackground(r)
			turn := make(chan struct{}, 1)
			keep := r.keep
			r.keep = func(ctx context.Context, e event) error {
				if !isFileEvent(e) {
					return keep(ctx, e)
				}
				if waiting.Add(1) > 2 {
					waiting.Add(-1)
					return nil
				}
				worker.do(func(ctx context.Context) {
					defer waiting.Add(-1)
					turn <- struct{}{}
					defer func() { <-turn }()
					pause(ctx, work)
					_ = keep(context.WithoutCancel(ctx), e)
				})
				return nil
			}
		},
	}, {
		ID:          "stored-a-minute-later",
		Title:       "Answers 200 and leaves file events and exits to a job that runs once a minute.",
		Requirement: "ACK-4",
		HintWords:   []string{"Store first"},
		SideEffects: []SideEffect{also(Everything, "whatever asks about files or exits sees them too late")},
		seed: forgetting(func(events []event, now time.Time) []event {
			var seen []event
			for _, e := range events {
				if e.Name == taskStart || now.Sub(e.Arrived) > time.Minute {
					seen = append(seen, e)
				}
			}
			return seen
		}),
	}, {
		ID:          "needs-content-length",
		Title:       "Reads as many bytes as Content-Length says, and asks for it where the body is chunked.",
		Requirement: "ACK-5",
		HintWords:   []string{"Content-Length", "chunked"},
		seed: answeringHead(http.StatusLengthRequired, func(req *http.Request) bool {
			return req.Method == http.MethodPost && req.ContentLength < 0
		}),
	}, {
		ID:          "reads-once",
		Title:       "Takes what the first read gives for the whole body.",
		Requirement: "ACK-5",
		HintWords:   []string{"one read"},
		SideEffects: []SideEffect{also("MSG-8", "a long body does not come in one read"), also("SEC-7", "a slow body comes in many")},
		seed: func(r *Receiver) {
			r.read = func(_ http.ResponseWriter, req *http.Request) ([]byte, error) {
				buf := make([]byte, 64<<10)
				n, err := req.Body.Read(buf)
				if err != nil && err != io.EOF {
					return nil, refuse(http.StatusBadRequest, "the body ended early: %v", err)
				}
				return buf[:n], nil
			}
		},
	}}
}

// answeringSuccess gives success another status, without a body.
func answeringSuccess(status int) func(r *Receiver) {
	return func(r *Receiver) {
		answer := r.answer
		r.answer = func(w http.ResponseWriter, req *http.Request, outcome error) {
			if outcome == nil {
				w.WriteHeader(status)
				return
			}
			answer(w, req, outcome)
		}
	}
}

// answeringText gives success another body.
func answeringText(text string) func(r *Receiver) {
	return func(r *Receiver) {
		answer := r.answer
		r.answer = func(w http.ResponseWriter, req *http.Request, outcome error) {
			if outcome == nil {
				w.Header().Set("Content-Type", "text/plain")
				_, _ = io.WriteString(w, text)
				return
			}
			answer(w, req, outcome)
		}
	}
}
