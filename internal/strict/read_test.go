package strict_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/relaycheck/relaycheck/internal/strict"
)

func TestNoMoreIsReadThanAFileMayHave(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "long")
	for size, fits := range map[int]bool{0: true, strict.MaxSize: true, strict.MaxSize + 1: false, 3 * strict.MaxSize: false} {
		if err := os.WriteFile(name, []byte(strings.Repeat("#", size)), 0o600); err != nil {
			t.Fatal(err)
		}
		src, err := strict.ReadFile(name)
		if fits && (err != nil || len(src) != size) {
			t.Errorf("%d bytes: %d of them, %v", size, len(src), err)
		}
		if _, named := errors.AsType[*fs.PathError](err); !fits && (!named || !strings.Contains(err.Error(), "at most 1048576 bytes are read")) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
	if _, err := os.Stat("/dev/zero"); err == nil { // it has no size and no end
		if _, err := strict.ReadFile("/dev/zero"); err == nil {
			t.Error("/dev/zero was read")
		}
	}
}
