package seeded

import (
	"fmt"
	"time"
)

// healthy is a life with nothing against it, in one of the ways that the pages leave open.
func (g *generator) healthy() []callback {
	switch g.IntN(9) {
	case 0: // a live source has no files
		g.start()
		g.exit()
	case 1: // a list in a loop: without an event_time the same bytes again and again
		g.start()
		for range 2 + g.IntN(3) {
			g.files(1 + g.IntN(3))
		}
		g.exit()
	case 2: // retries of the task: exits and starts
		g.start()
		g.files(1)
		for range 1 + g.IntN(3) {
			g.exit()
			g.start()
			g.files(1)
		}
		g.exit()
	case 3: // several exits for one start
		g.start()
		g.exit()
		g.exit()
	case 4: // the exit has no ids, and the list of sources is the task's own
		g.start()
		g.files(1 + g.IntN(3))
		g.exit()
		g.anonymous()
	case 5: // many tasks with one list of sources
		g.urls = []string{fmt.Sprintf("http://origin.example.com/shared/%d.m3u8", g.IntN(20))}
		g.start()
		g.files(1 + g.IntN(3))
		g.exit()
	case 6: // alarms and changes, whenever they come
		g.say(time.Second, "ResetTaskConfig", `{}`)
		g.start()
		g.files(1)
		g.say(time.Second, "TaskAlarm", `{"type":"PullFileFailed"}`)
		g.exit()
		g.say(time.Second, "TaskAlarm", `{"type":"PushStreamFailed"}`)
	case 7: // moved to another machine: a start without an exit before it; it runs on at the end of the capture
		g.start()
		g.files(1)
		g.start()
		g.files(2)
	default:
		g.start()
		g.files(1 + g.IntN(4))
		g.exit()
	}
	return g.life
}

// A fault is put into the life of a task; codes is what it has to be found as.
type fault struct {
	name      string
	put       func(g *generator) (life []callback, codes []string)
	unmatched int
}

// three is a life of three files with an exit, without a fault, and with all times: places 0 to 7.
func (g *generator) three() {
	g.timed = true
	g.start()
	g.files(3)
	g.exit()
}

// swap lets two callbacks overtake one another.
func (g *generator) swap(i, j int) {
	a, b := &g.life[i], &g.life[j]
	a.arrival, b.arrival = b.arrival, a.arrival
}

// again sends a callback once more, after the others.
func (g *generator) again(i int, after time.Duration) {
	c := g.life[i]
	c.arrival = c.arrival.Add(after)
	g.life = append(g.life, c)
}

// faults are of every kind that can be told.
var faults = []fault{
	{name: "lost start", put: func(g *generator) ([]callback, []string) {
		g.three()
		return g.life[1:], []string{"RC3001"}
	}},
	{name: "start overtaken by the first file", put: func(g *generator) ([]callback, []string) {
		g.three()
		g.swap(0, 1)
		return g.life, []string{"RC3001"}
	}},
	{name: "first file late by event_time", put: func(g *generator) ([]callback, []string) {
		g.timed = true
		g.start()
		g.now = g.now.Add(g.some(3*time.Second, time.Minute))
		g.files(2)
		g.exit()
		return g.life, []string{"RC3002"}
	}},
	{name: "finish before start", put: func(g *generator) ([]callback, []string) {
		g.three()
		g.swap(3, 4)
		return g.life, []string{"RC3003"}
	}},
	{name: "lost file start", put: func(g *generator) ([]callback, []string) {
		g.three()
		return append(g.life[:3:3], g.life[4:]...), []string{"RC3004"}
	}},
	{name: "finish after exit", put: func(g *generator) ([]callback, []string) {
		g.three()
		g.swap(6, 7)
		return g.life, []string{"RC3005"}
	}},
	{name: "file start after an exit without ids", put: func(g *generator) ([]callback, []string) {
		g.three()
		g.anonymous()
		g.say(time.Second, "VodSourceFileStart", g.fileMsg(3))
		return g.life, []string{"RC3005"}
	}},
	{name: "sent twice", put: func(g *generator) ([]callback, []string) {
		g.three()
		g.again(g.IntN(8), time.Minute)
		return g.life, []string{"RC3006"}
	}},
	{name: "start sent twice without event_time", put: func(g *generator) ([]callback, []string) {
		g.timed = false
		g.start()
		g.again(0, 500*time.Millisecond)
		g.files(1)
		g.exit()
		return g.life, []string{"RC3006"}
	}},
	{name: "exit without ids sent twice", put: func(g *generator) ([]callback, []string) {
		g.three()
		g.anonymous()
		g.again(7, time.Minute)
		return g.life, []string{"RC3006"}
	}},
	{name: "sent on and on", put: func(g *generator) ([]callback, []string) {
		g.three()
		codes := []string{"RC3007"}
		for i := range 13 {
			g.again(7, time.Duration(i+1)*time.Minute)
			codes = append(codes, "RC3006")
		}
		return g.life, codes
	}},
	{name: "exit without ids of one of two tasks", unmatched: 1, put: func(g *generator) ([]callback, []string) {
		g.urls = []string{"http://origin.example.com/pair/" + g.id + ".m3u8"}
		g.three()
		g.anonymous()
		twin := g.life[0] // its twin runs all the time
		twin.id = "twin-" + g.id
		twin.arrival = twin.arrival.Add(-time.Second)
		return append(g.life, twin), nil
	}},
}

// Kinds is how many kinds of faults there are.
func Kinds() int { return len(faults) }
