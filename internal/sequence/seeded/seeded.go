// Package seeded makes captures of relay tasks with known faults in their lives, the same for the same seed. It shows
// that package sequence finds all of them and invents none, so it knows nothing of that package but the codes.
//
//	want, err := seeded.Write(file, seeded.Options{Tasks: 100_000, Faults: 1_000, Seed: 1})
//
// Tasks without a fault live in all the ways that the pages leave open: with files and without, in loops, with several
// exits and starts, with exits that lack their ids, with lists of sources that several tasks share, with alarms.
package seeded

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"
)

// Options say what to make.
type Options struct {
	Tasks  int
	Faults int // tasks of which each has one fault, of every kind in turn; at most Tasks
	Seed   uint64
	// Stamped puts each callback into an envelope {"time", "body"} with the time at which it arrived, and the lines in
	// any order.
	Stamped bool
}

// A Want is what has to be found in a capture, and nothing else.
type Want struct {
	Codes     map[string][]string // by task_id, sorted
	Tasks     int
	Unmatched int // exits of which neither ids nor source_urls tell the task
	Callbacks int
	Faults    map[string]int // by kind
}

// Write makes a capture: one line for each callback, in the order of arrival unless Stamped.
func Write(to io.Writer, opts Options) (Want, error) {
	g := &generator{Rand: rand.New(rand.NewPCG(opts.Seed, 314)), opts: opts} //nolint:gosec // it has to be repeatable, not secret
	want := Want{Codes: map[string][]string{}, Tasks: opts.Tasks, Faults: map[string]int{}}
	faulty := map[int]int{} // by the task's number
	for _, i := range g.Perm(opts.Tasks)[:min(opts.Faults, opts.Tasks)] {
		faulty[i] = len(faulty)
	}
	var all []callback
	for i := range opts.Tasks {
		n, bad := faulty[i]
		g.begin(i)
		if !bad {
			all = append(all, g.healthy()...)
			continue
		}
		f := faults[n%len(faults)]
		want.Faults[f.name]++
		life, codes := f.put(g)
		all = append(all, life...)
		want.Unmatched += f.unmatched
		want.Tasks += f.unmatched // its twin
		if slices.Sort(codes); codes != nil {
			want.Codes[g.id] = codes
		}
	}
	slices.SortStableFunc(all, func(a, b callback) int { return a.arrival.Compare(b.arrival) })
	if opts.Stamped {
		g.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	}
	want.Callbacks = len(all)
	out := bufio.NewWriterSize(to, 1<<20)
	for i := range all {
		line := all[i].body()
		if opts.Stamped {
			line = fmt.Appendf(nil, `{"time":%q,"body":%s}`, all[i].arrival.UTC().Format(time.RFC3339Nano), line)
		}
		if _, err := out.Write(append(line, '\n')); err != nil {
			return want, fmt.Errorf("write the capture: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return want, fmt.Errorf("write the capture: %w", err)
	}
	return want, nil
}

// A callback is one of the capture.
type callback struct {
	event, id, msg string
	urls           []string
	told           time.Time // event_time; zero leaves it out
	arrival        time.Time
}

func (c *callback) body() []byte {
	b := fmt.Appendf(nil, `{"appid":4,"callback_event":"%s",`, c.event)
	if !c.told.IsZero() {
		b = fmt.Appendf(b, `"event_time":"%d",`, c.told.Unix())
	}
	b = append(b, `"event_type":314,"interface":"general_callback","msg":`...)
	b = append(append(b, text(c.msg)...), `,"product_name":"pullpush","source_urls":`...)
	urls, _ := json.Marshal(c.urls) // texts have a JSON form
	b = append(b, text(string(urls)+"\n")...)
	if c.id != "" {
		b = fmt.Appendf(b, `,"stream_id":"s%s","task_id":"%s","to_url":"rtmp://5000.livepush.example.com/live/s%s"`, c.id, c.id, c.id)
	}
	return append(b, '}')
}

func text(s string) []byte {
	b, _ := json.Marshal(s) // a text has a JSON form
	return b
}

// A generator makes one life after the other.
type generator struct {
	*rand.Rand
	opts Options

	id    string
	urls  []string
	timed bool // its callbacks have an event_time
	now   time.Time
	life  []callback
}

// epoch is when the first task starts.
var epoch = time.Date(2025, 9, 10, 0, 0, 0, 0, time.UTC)

// begin is a new task. Most tasks run at the same time: they start within an hour, and run that long.
func (g *generator) begin(number int) {
	g.id = strconv.Itoa(100_000 + number)
	g.urls = []string{"http://origin.example.com/" + g.id + "/list.m3u8"}
	g.timed = g.IntN(2) == 0
	g.now = epoch.Add(time.Duration(g.Int64N(int64(time.Hour))))
	g.life = nil
}

// say is a callback some time after the one before.
func (g *generator) say(after time.Duration, event, msg string) {
	g.now = g.now.Add(after)
	c := callback{event: event, id: g.id, msg: msg, urls: g.urls, arrival: g.now}
	if g.timed {
		c.told = g.now
	}
	g.life = append(g.life, c)
}

// some is a time between two.
func (g *generator) some(from, to time.Duration) time.Duration {
	return from + time.Duration(g.Int64N(int64(to-from)))
}

func (g *generator) start() {
	g.say(g.some(time.Second, time.Minute), "TaskStart", fmt.Sprintf(`{"task_start_time":%d}`, g.now.UnixMilli()))
}

func (g *generator) exit() {
	code := [...]int{0, -22, -5}[g.IntN(3)]
	g.say(g.some(time.Second, time.Minute), "TaskExit", fmt.Sprintf(`{"message":"write packet error.","code":%d,"task_exit_time":%d}`, code, g.now.UnixMilli()))
}

func (g *generator) fileMsg(index int) string {
	return fmt.Sprintf(`{"url":"http://origin.example.com/%s/%d.mp4","index":%d,"duration":%d}`, g.id, index, index, 600+index)
}

// files is a file after the other; the first starts within a second of what was before.
func (g *generator) files(n int) {
	for i := range n {
		g.say(g.some(time.Millisecond, time.Second), "VodSourceFileStart", g.fileMsg(i))
		g.say(g.some(time.Minute, 10*time.Minute), "VodSourceFileFinish", g.fileMsg(i))
	}
}

// anonymous takes the ids from the last callback.
func (g *generator) anonymous() { g.life[len(g.life)-1].id = "" }
