package capture

import (
	"slices"

	"github.com/relaycheck/relaycheck/schema"
)

// The codes of a ReadError. A code keeps its meaning for good.
const (
	CodeTooLong  = "RC2001"
	CodeArchive  = "RC2002"
	CodeExpand   = "RC2003"
	CodeFile     = "RC2004"
	CodeArray    = "RC2005"
	CodeEncoding = "RC2006"
)

var codes = []schema.Code{
	{
		ID: CodeTooLong, Severity: schema.Error, Strict: schema.Error, Title: "a line or document of the capture is longer than the limit",
		Explanation: "It was skipped without being kept; what follows was read.",
		Source:      "limit of this program (8 MiB unless set)",
		Mend:        "Raise the limit (--max-line) if it is real. A file without any line ends is usually another format.",
	},
	{
		ID: CodeArchive, Severity: schema.Error, Strict: schema.Error, Title: "a compressed capture is cut or damaged",
		Explanation: "The gzip or zstd data ends early or does not agree with its checksum. What could be read before was judged.",
		Source:      "RFC 1952 (gzip), RFC 8878 (zstd)",
		Mend:        "Copy the file again; a capture that is still being written has no end yet.",
	},
	{
		ID: CodeExpand, Severity: schema.Error, Strict: schema.Error, Title: "a compressed capture expands without bounds",
		Explanation: "It expanded to more than 256 MiB and to more than a thousand times its size. What was read before was judged.",
		Source:      "limit of this program",
		Mend:        "If it is real, decompress it yourself: zstdcat FILE | relaycheck validate -",
	},
	{
		ID: CodeFile, Severity: schema.Error, Strict: schema.Error, Title: "a file or folder of the capture cannot be read",
		Explanation: "The system refused to open or to read it.",
		Source:      "the operating system",
		Mend:        "Look at its permissions.",
	},
	{
		ID: CodeArray, Severity: schema.Error, Strict: schema.Error, Title: "an array of documents is not a JSON array",
		Explanation: "Its closing bracket, a comma or a document between commas is missing. The documents were judged.",
		Source:      "RFC 8259",
		Mend:        "Without a closing bracket the capture was cut, or is still being written. What appends documents to a file does better with one for each line.",
	},
	{
		ID: CodeEncoding, Severity: schema.Error, Strict: schema.Error, Title: "the capture is not UTF-8, or begins with a byte order mark",
		Explanation: "UTF-16 is not read. A byte order mark before an array of documents belongs to none of them; the array is read.",
		Source:      "RFC 8259, section 8.1",
		Mend:        "Write the capture in UTF-8 without a byte order mark; shells on Windows make UTF-16 of what is redirected.",
	},
}

// Codes is the catalogue of what a ReadError may be, sorted by id.
func Codes() []schema.Code { return slices.Clone(codes) }
