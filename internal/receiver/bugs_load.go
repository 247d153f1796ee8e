package receiver

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// loadBugs are mistakes that many callbacks in a short time bring to light. The numbers lie between what the shipped
// scenarios of the other profiles send all together and what those of the load profile send.
func loadBugs() []Bug {
	return []Bug{{
		ID:          "queue-full-503",
		Title:       "Has sixteen slow workers and answers 503 when more than 150 callbacks wait for one.",
		Requirement: "LOAD-1",
		HintWords:   []string{"Size the connection pool"},
		SideEffects: []SideEffect{also("LOAD-2", "the queue may fill up"), also("SEC-7", "the queue is slow"), also("ACK-2", "the queue is slow"), also("GAP-2", "the queue is slow")},
		seed: func(r *Receiver) {
			const work = 100 * time.Millisecond // of a worker, for one callback
			var waiting atomic.Int32
			workers := make(chan struct{}, 16)
			take := r.take
			r.take = func(ctx context.Context, body []byte) error {
				defer waiting.Add(-1)
				if waiting.Add(1) > 150 {
					return refuse(http.StatusServiceUnavailable, "the queue is full")
				}
				workers <- struct{}{}
				defer func() { <-workers }()
				pause(ctx, work)
				return take(ctx, body)
			}
		},
	}, {
		ID:          "rate-limit-429",
		Title:       "Lets fifty callbacks a second through, and a thousand more in reserve, before it answers 429.",
		Requirement: "LOAD-2",
		HintWords:   []string{"sustained rate"},
		SideEffects: []SideEffect{also("LOAD-1", "the burst may use the reserve up")},
		seed: func(r *Receiver) {
			const perSecond, reserve = 20, 700
			var mu sync.Mutex
			tokens, last := float64(reserve), r.cfg.Now()
			take := r.take
			r.take = func(ctx context.Context, body []byte) error {
				mu.Lock()
				now := r.cfg.Now()
				tokens = min(reserve, tokens+now.Sub(last).Seconds()*perSecond)
				last = now
				through := tokens >= 1
				if through {
					tokens--
				}
				mu.Unlock()
				if !through {
					return refuse(http.StatusTooManyRequests, "too many callbacks")
				}
				return take(ctx, body)
			}
		},
	}}
}
