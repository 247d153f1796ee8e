package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// intoPlace is intoFile for a name that may stand for something else than a file: a device or a pipe, such as /dev/null or the
// >(…) of a shell, is written to, since a file that took its name would end it for everybody; and a link stays a link.
func (a *app) intoPlace(name string, write func(io.Writer) error) error {
	info, err := os.Stat(name)
	switch {
	case err != nil: // there is nothing yet
		return a.intoFile(name, write)
	case info.Mode().IsRegular():
		if name, err = filepath.EvalSymlinks(name); err != nil {
			return fmt.Errorf("find the file: %w", err)
		}
		return a.intoFile(name, write)
	}
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	return errors.Join(write(w), w.Flush(), f.Close())
}
