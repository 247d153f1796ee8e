package capture

import (
	"bytes"
	"unicode/utf8"
)

// formats are files that one comes across among captures and that are not read, by their first bytes.
var formats = []struct {
	magic string
	at    int
	name  string
}{
	{"\x1f\x8b", 0, "compressed twice"}, // what is packed once was unpacked before this
	{"\x28\xb5\x2f\xfd", 0, "compressed twice"},
	{"PK\x03\x04", 0, "a ZIP archive"},
	{"PK\x05\x06", 0, "an empty ZIP archive"},
	{"BZh", 0, "a bzip2 archive"},
	{"\xfd7zXZ\x00", 0, "an xz archive"},
	{"\x04\x22\x4d\x18", 0, "an lz4 archive"},
	{"7z\xbc\xaf\x27\x1c", 0, "a 7z archive"},
	{"ustar", 257, "a tar archive"},
	{"\x7fELF", 0, "a program"},
	{"%PDF-", 0, "a PDF"},
	{"\x89PNG", 0, "an image"},
	{"\xff\xd8\xff", 0, "an image"},
	{"SQLite format 3\x00", 0, "an SQLite database"},
	{"PAR1", 0, "a Parquet file"},
	{"Obj\x01", 0, "an Avro file"},
	{"\xd4\xc3\xb2\xa1", 0, "a packet capture"},
	{"\xa1\xb2\xc3\xd4", 0, "a packet capture"},
}

// sample is how much is looked at to tell text from what is none, in bytes.
const sample = 512

// fewest is how many bytes it takes to tell: a body of a few hostile bytes is judged, whatever they are.
const fewest = 32

// binary says what a source is that begins like this and holds no text; "" if it may be text. A NUL alone does not make
// it binary, since a hostile body may have one, and what begins as JSON does is a body, whatever is in it.
func binary(head []byte) string {
	for _, f := range formats {
		if len(head) >= f.at+len(f.magic) && string(head[f.at:f.at+len(f.magic)]) == f.magic {
			return f.name
		}
	}
	if len(head) < fewest || opens(head) || bytes.IndexByte(head, 0) < 0 {
		return ""
	}
	if oddities(head)*10 < len(head) {
		return ""
	}
	return "no text"
}

// oddities counts what plain text does not have: control characters, and bytes that are no UTF-8.
func oddities(text []byte) (n int) {
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError && size <= 1 || r < ' ' && r != '\n' && r != '\r' && r != '\t' {
			n++
		}
		text = text[size:]
	}
	return n
}
