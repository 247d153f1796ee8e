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
	slow := []SideEffect{also("LOAD-2", "the queue may fill up")}
	return []Bug{{
		ID:          "queue-full-503",
		Title:       "Has sixteen slow workers and answers 503 when more than 150 callbacks wait for one.",
		Requirement: "LOAD-1",
		HintWords:   []string{"Size the connection pool"},
		SideEffects: slow,
		seed:        slowWorkers(refuse(http.StatusServiceUnavailable, "the queue is full")),
	}, {
		ID:          "queue-full-lost",
		Title:       "Has sixteen slow workers and answers 200 to what finds more than 150 callbacks waiting for one, and drops it.",
		Requirement: "LOAD-1",
		HintWords:   []string{"the queue"},
		SideEffects: slow,
		seed:        slowWorkers(nil),
	}, {
		ID:          "rate-limit-429",
		Title:       "Lets twenty callbacks a second through, and five hundred more in reserve, before it answers 429.",
		Requirement: "LOAD-2",
		HintWords:   []string{"sustained rate"},
		SideEffects: []SideEffect{also("LOAD-1", "the burst may use the reserve up")},
		seed: func(r *Receiver) {
			const perSecond, reserve = 20, 500
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
	}, {
		ID:          "connections-leak",
		Title:       "Takes a connection to its database for each callback and gives none back; it has eight hundred.",
		Requirement: "LOAD-2",
		HintWords:   []string{"a connection per request"},
		SideEffects: []SideEffect{also("LOAD-1", "the burst may take the last ones")},
		seed: func(r *Receiver) {
			const connections = 800
			var taken atomic.Int32
			take := r.take
			r.take = func(ctx context.Context, body []byte) error {
				if taken.Add(1) > connections {
					return refuse(http.StatusServiceUnavailable, "no connection to be had")
				}
				return take(ctx, body)
			}
		},
	}}
}

// slowWorkers lets sixteen workers take 100 ms for each callback; what finds more than 150 waiting has another outcome.
func slowWorkers(full error) func(r *Receiver) {
	return func(r *Receiver) {
		const work = 100 * time.Millisecond
		var waiting atomic.Int32
		workers := make(chan struct{}, 16)
		take := r.take
		r.take = func(ctx context.Context, body []byte) error {
			defer waiting.Add(-1)
			if waiting.Add(1) > 150 {
				return full
			}
			workers <- struct{}{}
			defer func() { <-workers }()
			pause(ctx, work)
			return take(ctx, body)
		}
	}
}
