package capture

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// maxWindow is the longest look-back of zstd that is allowed, in bytes. "zstd -19" needs 8 MiB, "--ultra -22" and
// "--long" 128 MiB; beyond, the archive and not the reader would decide how much memory is used.
const maxWindow = 128 << 20

var (
	gzipMagic = []byte{0x1f, 0x8b}
	zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}
)

// errExpand ends an archive that expands without bounds.
var errExpand = errors.New("the archive expands beyond the limit")

// archiveError marks what a decompressor complains of, to tell it from a disk that fails.
type archiveError struct{ err error }

func (e *archiveError) Error() string { return e.err.Error() }
func (e *archiveError) Unwrap() error { return e.err }

// unpack looks at the first bytes, not at the name, and decompresses what is compressed. close frees the decompressor.
func unpack(r io.Reader, maxExpand int64) (out io.Reader, closer func(), err error) {
	in := &counter{r: r}
	head := bufio.NewReaderSize(in, 64<<10)
	magic, _ := head.Peek(4) // an error comes again with the first read
	nothing := func() {}
	switch {
	case bytes.HasPrefix(magic, gzipMagic):
		z, err := gzip.NewReader(head)
		if err != nil {
			return nil, nothing, &archiveError{err}
		}
		return &bounded{r: z, in: in, floor: maxExpand}, nothing, nil
	case isZstd(magic):
		z, err := zstd.NewReader(head, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, nothing, &archiveError{err}
		}
		return &bounded{r: z, in: in, floor: maxExpand}, z.Close, nil
	default:
		return head, nothing, nil
	}
}

// isZstd recognises a frame, and a skippable frame such as pzstd puts first.
func isZstd(magic []byte) bool {
	return bytes.HasPrefix(magic, zstdMagic) || len(magic) == 4 && magic[0]&0xf0 == 0x50 && bytes.Equal(magic[1:], []byte{0x2a, 0x4d, 0x18})
}

// counter counts what is read of the packed data, and remembers a failure that is not the archive's.
type counter struct {
	r   io.Reader
	n   int64
	err error
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		c.err = err
	}
	return n, err
}

// bounded ends an archive that expands to more than floor bytes and to more than MaxRatio times its size.
type bounded struct {
	r     io.Reader
	in    *counter
	floor int64
	out   int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.out > max(b.floor, MaxRatio*b.in.n) {
		return 0, &archiveError{errExpand}
	}
	n, err := b.r.Read(p)
	b.out += int64(n)
	if err != nil && !errors.Is(err, io.EOF) && b.in.err == nil {
		err = &archiveError{err}
	}
	return n, err
}

// readError says what kind of failure ended a source.
func readError(err error) *ReadError {
	var archive *archiveError
	switch {
	case errors.Is(err, errExpand):
		return &ReadError{Code: CodeExpand, Message: fmt.Sprintf("the archive expands to more than %d times its size: the rest is not read", MaxRatio)}
	case errors.As(err, &archive) && errors.Is(err, io.ErrUnexpectedEOF):
		return &ReadError{Code: CodeArchive, Message: "the compressed data ends too early: the rest is missing"}
	case errors.As(err, &archive):
		return &ReadError{Code: CodeArchive, Message: "the compressed data is damaged: the rest is not read", Err: archive.err}
	default:
		return &ReadError{Code: CodeFile, Message: "it cannot be read", Err: err}
	}
}
