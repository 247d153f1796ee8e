package capture

import (
	"slices"

	"github.com/relaycheck/relaycheck/schema"
)

// The codes of a ReadError. A code keeps its meaning for good.
const (
	CodeTooLong    = "RC2001"
	CodeArchive    = "RC2002"
	CodeExpand     = "RC2003"
	CodeFile       = "RC2004"
	CodeArray      = "RC2005"
	CodeEncoding   = "RC2006"
	CodeEnvelope   = "RC2007"
	CodeBody       = "RC2008"
	CodeNoMatch    = "RC2009"
	CodeHAR        = "RC2010"
	CodeRecord     = "RC2011"
	CodeBinary     = "RC2012"
	CodeNoDocument = "RC2013"
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
		Explanation: "It expanded beyond the bound: 256 MiB and a thousand times its size, unless set. What was read before was judged.",
		Source:      "limit of this program",
		Mend:        "If it is real, set another bound (--max-expansion), or decompress it yourself: zstdcat FILE | relaycheck validate -",
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
	{
		ID: CodeEnvelope, Severity: schema.Error, Strict: schema.Error, Title: "an envelope has no body where there should be one",
		Explanation: "It is not JSON, or has nothing, or something that is no body, at the place that was named. The next one was read.",
		Source:      "the place that --body-field names",
		Mend:        "Look at the line. --body-field is a JSON pointer from the top of the envelope: /request/body.",
	},
	{
		ID: CodeBody, Severity: schema.Error, Strict: schema.Error, Title: "a body is not encoded as it is said to be",
		Explanation: "It should be base64, because it was marked so or --body-encoding says so, and is not.",
		Source:      "RFC 4648",
		Mend:        "If some bodies are base64 and others are not, leave --body-encoding at auto: base64 is taken for that only where a JSON object or array comes of it.",
	},
	{
		ID: CodeNoMatch, Severity: schema.Error, Strict: schema.Error, Title: "a line of a log does not match the expression",
		Explanation: "Nothing could be taken out of it. The next one was read.",
		Source:      "the expression that --line-regexp gives",
		Mend:        "Make the expression fit every line, or pick the lines that matter first: grep callbacks/relay access.log | relaycheck validate --line-regexp … -",
	},
	{
		ID: CodeHAR, Severity: schema.Error, Strict: schema.Error, Title: "an HTTP archive is cut or damaged",
		Explanation: "Its end is missing, or an entry or the frame around the entries is not as HAR 1.2 has it. The other entries were read.",
		Source:      "HAR 1.2",
		Mend:        "Export it again.",
	},
	{
		ID: CodeRecord, Severity: schema.Error, Strict: schema.Error, Title: "a line of a run log is damaged",
		Explanation: "The callbacks of that play are missing. The other plays were read.",
		Source:      "docs/schemas/run.schema.json",
		Mend:        "A run that was killed leaves half a line at the end: then nothing is to be done. Otherwise copy the log again.",
	},
	{
		ID: CodeBinary, Severity: schema.Error, Strict: schema.Error, Title: "a file of the capture is no text",
		Explanation: "It begins as no text does, or as a format that is not read: of the compressed ones only gzip and zstd are. Nothing in it was judged.",
		Source:      "limit of this program",
		Mend:        "Unpack it, or leave it out.",
	},
	{
		ID: CodeNoDocument, Severity: schema.Error, Strict: schema.Error, Title: "an array of documents holds none",
		Explanation: "The file was named, so something is expected to be in it, but all that it holds is an array without a document: []. In a folder such a file is only counted.",
		Source:      "this program: a check of nothing must not look like a success",
		Mend:        "Look at what wrote it: an export that matched nothing writes []. If that is fine, name the folder and not the file.",
	},
}

// Unread reports whether a code says that the rest of a source, or all of it, was not read.
func Unread(code string) bool {
	switch code {
	case CodeArchive, CodeExpand, CodeFile, CodeEncoding, CodeHAR, CodeBinary:
		return true
	}
	return false
}

// Codes is the catalogue of what a ReadError may be, sorted by id.
func Codes() []schema.Code { return slices.Clone(codes) }
