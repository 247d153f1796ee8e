package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// watchInterval is how often files are looked at: a person who has saved a file should not have to wait for it.
const watchInterval = 150 * time.Millisecond

// watch does something now and whenever one of the files has changed and come to rest, until the context is done. What
// goes wrong is printed and mended by the next change.
func (a *app) watch(ctx context.Context, files []string, do func(context.Context) error) error {
	tick := time.NewTicker(watchInterval)
	defer tick.Stop()
	for {
		seen := stamp(files)
		if err := do(ctx); ctx.Err() == nil {
			a.tell(err)
			_, _ = fmt.Fprintf(a.err, "-- watching %s, Ctrl-C ends\n", strings.Join(files, " and "))
		}
		if !changed(ctx, tick.C, files, seen) {
			return exit(exitInterrupted, nil)
		}
		_, _ = fmt.Fprintf(a.err, "-- changed at %s\n", time.Now().Format(time.TimeOnly))
	}
}

// changed waits until the files differ from what was seen and have come to rest. It is false once the context is done.
func changed(ctx context.Context, tick <-chan time.Time, files []string, seen string) bool {
	before := seen
	for {
		select {
		case <-ctx.Done():
			return false
		case <-tick:
		}
		now := stamp(files)
		if now != "" && now != seen && now == before {
			return true
		}
		before = now
	}
}

// stamp tells one state of files from another. It is "" while one of them is not there, as between the two steps in which
// many editors save.
func stamp(files []string) string {
	var b strings.Builder
	for _, name := range files {
		info, err := os.Stat(filepath.Clean(name))
		if err != nil {
			return ""
		}
		fmt.Fprintf(&b, "%d %d ", info.Size(), info.ModTime().UnixNano())
	}
	return b.String()
}
