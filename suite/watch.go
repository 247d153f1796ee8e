package suite

import (
	"errors"
	"sync"
	"time"
)

// errFailFast ends the plays of a run once a requirement is broken.
var errFailFast = errors.New("a requirement is broken, and the run is to end then")

// A watch tells Progress what goes on.
type watch struct {
	tell  func(Progress)
	total int
	start time.Time

	mu   sync.Mutex
	done int
}

func newWatch(tell func(Progress), total int) *watch {
	return &watch{tell: tell, total: total, start: time.Now()}
}

func (w *watch) started(id string) { w.say(id, false) }
func (w *watch) ended(id string)   { w.say(id, true) }

func (w *watch) say(id string, over bool) {
	if w.tell == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if over {
		w.done++
	}
	w.tell(Progress{Scenario: id, Over: over, Done: w.done, Total: w.total, Elapsed: time.Since(w.start)})
}
