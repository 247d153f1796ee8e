package capture

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// maxWindow is the longest look-back of zstd that is allowed, in bytes. "zstd -19" needs 8 MiB, "--ultra -22" and
// "--long" 128 MiB; beyond, the archive and not the reader would decide how much memory is used.
const maxWindow = 128 << 20

var (
	gzipMagic = []byte{0x1f, 0x8b}
	zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}
)

// archiveError marks what a decompressor complains of, to tell it from a disk that fails.
type archiveError struct{ err error }

func (e *archiveError) Error() string { return e.err.Error() }
func (e *archiveError) Unwrap() error { return e.err }

// An expansion bounds what an archive may expand to: to floor bytes, or ratio times its own size if that is more.
type expansion struct{ floor, ratio int64 }

// expansion is what the options say.
func (o *Options) expansion() expansion {
	e := expansion{floor: cmp.Or(o.MaxExpand, DefaultMaxExpand), ratio: cmp.Or(o.MaxRatio, DefaultMaxRatio)}
	if e.floor < 0 {
		e.floor = math.MaxInt64
	}
	e.ratio = max(e.ratio, 0)
	return e
}

// unpack looks at the first bytes, not at the name, and decompresses what is compressed. closer frees the decompressor;
// packed tells whether there is one.
func unpack(r io.Reader, limit expansion) (out io.Reader, closer func(), packed bool, err error) {
	source := &sticky{r: r}
	in := &counter{r: source}
	head := bufio.NewReaderSize(in, 64<<10)
	magic, _ := head.Peek(1) // an error comes again with the first read: the source keeps it
	if len(magic) > 0 && bytes.IndexByte([]byte{gzipMagic[0], zstdMagic[0]}, magic[0]) >= 0 || isSkippable(magic) {
		magic, _ = head.Peek(4) // more would have to be waited for where there is no more for a while
	}
	nothing := func() {}
	switch {
	case bytes.HasPrefix(magic, gzipMagic):
		z, err := gzip.NewReader(head)
		if err != nil {
			return nil, nothing, true, &archiveError{err}
		}
		return &bounded{r: z, in: in, expansion: limit}, nothing, true, nil
	case isZstd(magic):
		z, err := zstd.NewReader(head, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, nothing, true, &archiveError{err}
		}
		return &bounded{r: z, in: in, expansion: limit}, z.Close, true, nil
	default:
		looked, _ := head.Peek(head.Buffered())
		out := &backlog{r: source}
		out.unread(looked)
		return out, nothing, false, nil
	}
}

// isZstd recognises a frame, and a skippable frame such as pzstd puts first.
func isZstd(magic []byte) bool {
	return bytes.HasPrefix(magic, zstdMagic) || len(magic) == 4 && isSkippable(magic) && bytes.Equal(magic[1:], []byte{0x2a, 0x4d, 0x18})
}

// isSkippable reports whether a frame to be skipped may begin like this.
func isSkippable(magic []byte) bool { return len(magic) > 0 && magic[0]&0xf0 == 0x50 }

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

// bounded ends an archive that expands beyond its bound.
type bounded struct {
	expansion
	r   io.Reader
	in  *counter
	out int64
}

// An expandError says which bound an archive went beyond.
type expandError struct{ limit expansion }

func (e *expandError) Error() string {
	bound := fmt.Sprintf("%d bytes", e.limit.floor)
	if e.limit.ratio > 0 {
		bound += fmt.Sprintf(" and to more than %d times its size", e.limit.ratio)
	}
	return "the archive expands to more than " + bound
}

func (b *bounded) Read(p []byte) (int, error) {
	if left := b.bound() - b.out; left < int64(len(p)) {
		p = p[:left+1] // one byte beyond the bound tells that there is more
	}
	n, err := b.r.Read(p)
	b.out += int64(n)
	if b.out > b.bound() {
		b.out--
		return n - 1, &archiveError{&expandError{b.expansion}}
	}
	if err != nil && !errors.Is(err, io.EOF) && b.in.err == nil {
		err = &archiveError{err}
	}
	return n, err
}

// bound is how much may have come out for what went in.
func (b *bounded) bound() int64 { return max(b.floor, b.ratio*b.in.n) }

// readError says what kind of failure ended a source.
func readError(err error) *ReadError {
	var archive *archiveError
	var expand *expandError
	switch {
	case errors.As(err, &expand):
		return &ReadError{Code: CodeExpand, Message: expand.Error() + ": the rest is not read"}
	case errors.As(err, &archive) && errors.Is(err, io.ErrUnexpectedEOF):
		return &ReadError{Code: CodeArchive, Message: "the compressed data ends too early: the rest is missing"}
	case errors.As(err, &archive):
		return &ReadError{Code: CodeArchive, Message: "the compressed data is damaged: the rest is not read", Err: archive.err}
	default:
		return &ReadError{Code: CodeFile, Message: "it cannot be read", Err: err}
	}
}
