// Command livesgen writes a capture of interleaved relay tasks with seeded faults in their lives, and tells on the
// standard error what has to be found in it.
//
//	go run ./bench/livesgen -tasks 100000 -faults 1000 -seed 1 > lives.ndjson
//	relaycheck validate --sequence lives.ndjson
//	go run ./bench/livesgen -tasks 100000 -faults 1000 -stamped > lives.ndjson
//	relaycheck validate --sequence --body-field /body --time-field /time lives.ndjson
//
// With -check the findings are read from the standard input, as validate --format ndjson writes them, and compared.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/relaycheck/relaycheck/internal/sequence/seeded"
)

func main() {
	var opts seeded.Options
	flag.IntVar(&opts.Tasks, "tasks", 100_000, "tasks; each has six callbacks or so")
	flag.IntVar(&opts.Faults, "faults", 1000, "tasks with a fault")
	flag.Uint64Var(&opts.Seed, "seed", 1, "what the random numbers start from")
	flag.BoolVar(&opts.Stamped, "stamped", false, "put callbacks into envelopes with a stamp of arrival, in any order")
	check := flag.Bool("check", false, "write nothing, and compare the findings on the standard input")
	flag.Parse()
	if opts.Tasks < 0 || opts.Faults < 0 || opts.Faults > opts.Tasks {
		fmt.Fprintln(os.Stderr, "livesgen: there cannot be more faults than tasks, nor fewer than none")
		os.Exit(2)
	}
	if err := run(opts, *check); err != nil {
		fmt.Fprintln(os.Stderr, "livesgen:", err)
		os.Exit(1)
	}
}

func run(opts seeded.Options, check bool) error {
	to := io.Writer(os.Stdout)
	if check {
		to = io.Discard
	}
	want, err := seeded.Write(to, opts)
	if err != nil {
		return err
	}
	if check {
		return compare(os.Stdin, want)
	}
	fmt.Fprintf(os.Stderr, "%d callbacks of %d tasks, %d of them with a fault; %d exits that cannot be matched\n", want.Callbacks, want.Tasks, opts.Faults, want.Unmatched)
	for _, kind := range slices.Sorted(maps.Keys(want.Faults)) {
		fmt.Fprintf(os.Stderr, "%6d × %s\n", want.Faults[kind], kind)
	}
	return nil
}

// compare holds what was found against what was seeded.
func compare(from io.Reader, want seeded.Want) error {
	got := map[string][]string{}
	var summary struct {
		Tasks     int `json:"tasks"`
		Unmatched int `json:"unmatched_exits"`
	}
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var line struct {
			Sequence *struct{ Code, Task string } `json:"sequence"`
			Summary  json.RawMessage              `json:"summary"`
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return fmt.Errorf("read the findings: %w", err)
		}
		if f := line.Sequence; f != nil {
			got[f.Task] = append(got[f.Task], f.Code)
		}
		if line.Summary != nil {
			if err := json.Unmarshal(line.Summary, &summary); err != nil {
				return fmt.Errorf("read the summary: %w", err)
			}
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read the findings: %w", err)
	}
	missed, invented := 0, 0
	for task, codes := range want.Codes {
		slices.Sort(got[task])
		if !slices.Equal(got[task], codes) {
			missed++
			fmt.Printf("task %s: seeded %v, found %v\n", task, codes, got[task])
		}
	}
	for task, codes := range got {
		if _, seeded := want.Codes[task]; !seeded {
			invented++
			fmt.Printf("task %s: nothing seeded, found %v\n", task, codes)
		}
	}
	fmt.Printf("%d tasks with findings seeded, %d found otherwise, %d invented; tasks %d of %d, unmatched exits %d of %d\n",
		len(want.Codes), missed, invented, summary.Tasks, want.Tasks, summary.Unmatched, want.Unmatched)
	if missed+invented > 0 || summary.Tasks != want.Tasks || summary.Unmatched != want.Unmatched {
		return fmt.Errorf("what was found is not what was seeded")
	}
	return nil
}
