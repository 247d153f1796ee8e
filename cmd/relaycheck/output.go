package main

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// canWrite finds out before long work whether a file can be made where it is to be. flag names it in the complaint.
func canWrite(flag, name string) error {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return fmt.Errorf("--%s: %s is a folder: name a file", flag, name)
	}
	dir := filepath.Dir(name)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return fmt.Errorf("--%s: there is no folder %s to write %s to", flag, dir, filepath.Base(name))
	}
	return nil
}

// intoPlace has something written to what a name stands for, or where there is no name to the standard output. A file is there
// whole or not at all. A device or a pipe, such as /dev/null or the >(…) of a shell, is written to, since a file that took its
// name would end it for everybody; and a link stays a link.
func (a *app) intoPlace(name string, write func(io.Writer) error) error {
	if name == "" {
		return through(a.out, write)
	}
	info, err := os.Stat(name)
	switch {
	case err != nil: // there is nothing yet
		return intoFile(name, write)
	case info.Mode().IsRegular():
		if name, err = filepath.EvalSymlinks(name); err != nil {
			return fmt.Errorf("find the file: %w", err)
		}
		return intoFile(name, write)
	}
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(through(f, write), f.Close())
}

// intoFile has something written to a file, whole or not at all.
func intoFile(name string, write func(io.Writer) error) (err error) {
	base := filepath.Base(name)
	part := filepath.Join(filepath.Dir(name), "."+base[:min(len(base), 200)]+"."+rand.Text()) // some systems have no longer names
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)                     //nolint:gosec // as any file that a program writes
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(part)
		}
	}()
	if err := errors.Join(through(f, write), f.Close()); err != nil {
		return err
	}
	return os.Rename(part, name)
}

// through has something written through a buffer.
func through(out io.Writer, write func(io.Writer) error) error {
	w := bufio.NewWriter(out)
	return errors.Join(write(w), w.Flush())
}
