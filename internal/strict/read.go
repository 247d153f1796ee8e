package strict

import (
	"fmt"
	"io"
	"io/fs"
	"os"
)

// ReadFile reads a file, and no more of it than Parse takes: what is no file may have no end. The error is a *fs.PathError.
func ReadFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	src, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err == nil && len(src) > MaxSize {
		err = &fs.PathError{Op: "read", Path: name, Err: fmt.Errorf("it is too long: at most %d bytes are read", MaxSize)}
	}
	if err != nil {
		return nil, err
	}
	return src, nil
}
