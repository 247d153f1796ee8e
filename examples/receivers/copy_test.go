package receivers

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/relaycheck/relaycheck/suite/target"
)

// callbackKey is what signs callbacks in the tests, so that signatures are judged too.
const callbackKey = "a-key-of-the-tests"

// lostWithin is how long a receiver with a bug has to show what it acknowledged. The one without the bug has the usual
// time; here nearly every test waits for what never comes.
const lostWithin = 2 * time.Second

// require skips the test where something is missing that the example needs.
func (e example) require(t *testing.T) {
	t.Helper()
	for _, program := range e.needs {
		if _, err := exec.LookPath(program); err != nil {
			skip(t, program+" is not on this machine")
		}
	}
	for _, folder := range e.installed {
		if _, err := os.Stat(filepath.Join(e.name, folder)); err != nil {
			skip(t, filepath.Join(e.name, folder)+" is missing: run `make examples`")
		}
	}
}

// skip skips a test for want of a program, but not where every program is required.
func skip(t *testing.T, reason string) {
	t.Helper()
	if os.Getenv("CI_REQUIRE_SERVICES") == "1" {
		t.Fatalf("%s, and CI_REQUIRE_SERVICES=1 asks for it", reason)
	}
	t.Skip(reason)
}

// target loads the target file of a copy of the example, with a bug or, nil, without.
func (e example) target(t *testing.T, env environment, b *bug) *target.Target {
	t.Helper()
	dir := e.copy(t)
	if b != nil {
		text, err := b.put(e.name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, b.file), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if e.prepare != nil {
		e.prepare(t, dir)
	}
	out, err := target.Load(filepath.Join(dir, "relaycheck.yaml"), func(name string) (string, bool) {
		if name == "CSS_CALLBACK_KEY" {
			return callbackKey, true
		}
		if value, ok := env[name]; ok {
			return value, true
		}
		return os.LookupEnv(name)
	})
	if err != nil {
		t.Fatal(err)
	}
	if b != nil {
		out.Observe.Within = lostWithin
	}
	return out
}

// copy copies the example, so that it leaves nothing behind, and links what is installed.
func (e example) copy(t *testing.T) string {
	t.Helper()
	from, err := filepath.Abs(e.name)
	if err != nil {
		t.Fatal(err)
	}
	to := t.TempDir()
	for _, folder := range e.installed {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(to, folder)), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join(from, folder), filepath.Join(to, folder)); err != nil {
			t.Fatal(err)
		}
	}
	err = filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains(e.installed, filepath.ToSlash(name)):
			return filepath.SkipDir
		case d.IsDir():
			return os.MkdirAll(filepath.Join(to, name), 0o750)
		case !d.Type().IsRegular():
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, name), text, info.Mode().Perm()|0o200)
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// put returns the text of the bug's file, with the bug in it.
func (b bug) put(folder string) ([]byte, error) {
	path := filepath.Join(folder, b.file)
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if n := strings.Count(string(text), b.old); n != 1 {
		return nil, fmt.Errorf("the text to replace stands in %s %d times, want once:\n%s", path, n, b.old)
	}
	return []byte(strings.Replace(string(text), b.old, b.new, 1)), nil
}

// inFile is the storage of an example that keeps its state in a file, or in a directory: the variable names it.
func inFile(variable, name string) func(*testing.T) func(*testing.T) environment {
	return func(*testing.T) func(*testing.T) environment {
		return func(t *testing.T) environment {
			t.Helper()
			return environment{variable: filepath.Join(t.TempDir(), name)}
		}
	}
}
