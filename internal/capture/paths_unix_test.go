//go:build unix

package capture

import (
	"path/filepath"
	"slices"
	"syscall"
	"testing"
)

// A pipe in a folder would block whoever opens it.
func TestAPipeInAFolderIsLeftOut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, map[string]string{"b.json": "{}"})
	if err := syscall.Mkfifo(filepath.Join(dir, "a.json"), 0o600); err != nil {
		t.Skip("no pipes here: ", err)
	}
	if got, want := readAll(t, dir, []string{dir}, nil, Options{}), []string{"b.json:1 {}"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}
