package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// TestTheManPagesAreCurrent compares docs/man with what the command tree says. With -update it writes them.
func TestTheManPagesAreCurrent(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(repoRoot, "docs", "man")
	pages := manPages(t)
	if *update {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range pages {
		path := filepath.Join(dir, name)
		if *update {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Errorf("%v: make it with `go generate ./cmd/relaycheck`", err)
		} else if diff := gocmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s is not current, make it anew with `go generate ./cmd/relaycheck` (-want +got):\n%s", path, diff)
		}
	}
	there, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range there {
		if _, wanted := pages[filepath.Base(path)]; !wanted {
			t.Errorf("%s belongs to no command: delete it", path)
		}
	}
}

// manPages makes one page for each command, by file name.
func manPages(t *testing.T) map[string][]byte {
	t.Helper()
	root := newRootCommand(&app{in: strings.NewReader(""), out: io.Discard, err: io.Discard, env: func(string) (string, bool) { return "", false }})
	root.DisableAutoGenTag = true
	pages := map[string][]byte{}
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Hidden || slices.Contains([]string{"help", "completion"}, c.Name()) {
			return
		}
		// The date is that of the latest edition: a page must not change from day to day.
		header := &doc.GenManHeader{Section: "1", Source: "relaycheck", Manual: "Relaycheck", Date: new(time.Date(2025, 9, 10, 0, 0, 0, 0, time.UTC))}
		var page bytes.Buffer
		if err := doc.GenMan(c, header, &page); err != nil {
			t.Fatal(err)
		}
		pages[strings.ReplaceAll(c.CommandPath(), " ", "-")+".1"] = page.Bytes()
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(root)
	return pages
}
