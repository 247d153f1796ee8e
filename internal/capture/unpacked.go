package capture

import (
	"bufio"
	"errors"
	"io"
)

// Unpacked reads what gzip or zstd have compressed as the text that it was, and everything else as it is. The first bytes
// decide, not a name. opts bound what an archive may expand to; the rest of them is not asked. Errors of a damaged archive
// are a *ReadError. free has to be called when no more is read; the reader r is not closed.
func Unpacked(r io.Reader, opts Options) (text *bufio.Reader, free func(), err error) {
	plain, free, packed, err := unpack(r, opts.expansion())
	if err != nil {
		return nil, nil, readError(err)
	}
	if packed {
		plain = archiveReader{plain}
	}
	return bufio.NewReaderSize(plain, 64<<10), free, nil
}

// An archiveReader says in the words of this package what is wrong with an archive.
type archiveReader struct{ r io.Reader }

func (a archiveReader) Read(p []byte) (int, error) {
	n, err := a.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = readError(err)
	}
	return n, err
}
