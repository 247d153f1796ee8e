package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWatchDoesItAgainForEachChange changes the file from within the first two runs, the second time as editors do that
// rename a new file over the old one, and ends in the third.
func TestWatchDoesItAgainForEachChange(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "scenario.yaml")
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Error(err)
		}
	}
	write(name, "one")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var said strings.Builder
	a := &app{out: io.Discard, err: &said}
	var seen []string
	err := a.watch(ctx, []string{name}, func(context.Context) error {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Error(err)
		}
		seen = append(seen, string(text))
		switch len(seen) {
		case 1:
			write(name, "the second")
			return exit(exitUsage, errors.New("a mistake in the file"))
		case 2:
			write(name+".new", "the third one")
			if err := os.Rename(name+".new", name); err != nil {
				t.Error(err)
			}
			return exit(exitBroken, nil)
		}
		cancel()
		return nil
	})
	var ended *exitError
	if !errors.As(err, &ended) || ended.code != exitInterrupted {
		t.Errorf("it ended with %v, want exit code %d", err, exitInterrupted)
	}
	if got := strings.Join(seen, ", "); got != "one, the second, the third one" {
		t.Errorf("it was done for %s", got)
	}
	if text := said.String(); !strings.Contains(text, "relaycheck: a mistake in the file\n") || strings.Contains(text, "exit code") {
		t.Errorf("it said\n%s", text)
	}
}
