//go:build unix

package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/relaycheck/relaycheck/schema"
)

// A file that took the name of a pipe would leave its reader waiting; one that took that of /dev/null, everybody.
func TestWhatIsWrittenIntoAPipeOrThroughALinkTakesNeithersPlace(t *testing.T) {
	t.Parallel()
	t.Run("shape", func(t *testing.T) {
		t.Parallel()
		takesNoPlace(t, newValidateCommand, "--shape")
	})
	t.Run("redact", func(t *testing.T) {
		t.Parallel()
		takesNoPlace(t, newRedactCommand, "--key", "k", "--output")
	})
}

func takesNoPlace(t *testing.T, command func(*app) *cobra.Command, args ...string) {
	t.Helper()
	sample, _ := schema.Sample(schema.Edition2025_09, schema.TaskExit)
	dir := t.TempDir()
	pipe, link, linked := filepath.Join(dir, "pipe"), filepath.Join(dir, "link.json"), filepath.Join(dir, "linked.json")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip("no pipes here: ", err)
	}
	if err := os.WriteFile(linked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("linked.json", link); err != nil {
		t.Fatal(err)
	}
	reader, err := os.OpenFile(pipe, os.O_RDWR|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	read := make(chan error, 1)
	go func() {
		_ = reader.SetReadDeadline(time.Now().Add(time.Minute))
		read <- json.NewDecoder(reader).Decode(new(any))
	}()
	for name, want := range map[string]fs.FileMode{pipe: fs.ModeNamedPipe, link: fs.ModeSymlink} {
		code, _, complaint := execute(t, command, strings.NewReader(string(sample)), append(slices.Clone(args), name)...)
		if info, err := os.Lstat(name); code != exitOK || err != nil || info.Mode().Type() != want {
			t.Fatalf("%s: exit code %d, %s, %v, now %v", filepath.Base(name), code, complaint, err, info.Mode())
		}
	}
	if err := <-read; err != nil {
		t.Error("read from the pipe: ", err)
	}
	if shape, err := os.ReadFile(linked); err != nil || !json.Valid(shape) {
		t.Errorf("the linked file has %.100s, %v", shape, err)
	}
	// A new file has the rights that any new file has here.
	fresh, usual := filepath.Join(dir, "fresh.json"), filepath.Join(dir, "usual")
	if code, _, complaint := execute(t, command, strings.NewReader(string(sample)), append(slices.Clone(args), fresh)...); code != exitOK {
		t.Fatalf("exit code %d, %s", code, complaint)
	}
	if f, err := os.Create(usual); err != nil || f.Close() != nil {
		t.Fatal(err)
	}
	got, err := os.Stat(fresh)
	if want, e := os.Stat(usual); errors.Join(err, e) != nil || got.Mode() != want.Mode() {
		t.Errorf("%v: %v, want %v", errors.Join(err, e), got.Mode(), want.Mode())
	}
}
