package main

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/relaycheck/relaycheck/internal/capture"
	"github.com/relaycheck/relaycheck/internal/recording"
)

// inputFlags are the flags that say what captures look like, for every command that reads some.
type inputFlags struct {
	bodyField, bodyEncoding, timeField string
	lineRegexp                         string
	maxExpansion                       string
}

// inputHelp is what a command that has the flags says of its input.
const inputHelp = `A file holds one JSON document, several, one for each line (NDJSON) or an array of them; an HTTP archive (HAR), of which
the bodies of the requests are read; or a run log of relaycheck, of which the bodies that were sent are. What it is shows
in its first bytes. It may be compressed with gzip or zstd.

With --body-field each document is an envelope, and the JSON pointer says where in it the body is: a string that holds
it, as text or base64, or the object itself. /message#/request/body goes on inside a string. With --line-regexp each file
is a text log, and the group body of the expression is the body in a line; the escapes of nginx (escape=default, json and
none) and Apache are undone.

Nothing is passed over in silence: what cannot be read (a damaged line, a cut archive, a line beyond --max-line, a binary
file) is told of with its place, and the rest is read.`

// wrappedHint tells whoever may have missed it that callbacks can stand within something else.
const wrappedHint = "If callbacks stand in envelopes, --body-field says where in them the body is; in the lines of a text log, --line-regexp does."

// wraps reports whether one of the flags says where in something else the callbacks stand.
func (f *inputFlags) wraps() bool { return f.bodyField != "" || f.lineRegexp != "" }

// register adds the flags to a command.
func (f *inputFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&f.bodyField, "body-field", "", "documents are envelopes: the JSON pointer to the body in them, such as /request/body")
	fs.StringVar(&f.bodyEncoding, "body-encoding", string(capture.Auto), "how bodies stand in envelopes and logs: "+strings.Join(capture.Encodings(), ", "))
	fs.StringVar(&f.timeField, "time-field", "", "the JSON pointer to the time of arrival in envelopes, such as /ts")
	fs.StringVar(&f.lineRegexp, "line-regexp", "", "files are text logs: an RE2 expression with a group (?P<body>…) and, for the time of arrival, (?P<time>…)")
	fs.StringVar(&f.maxExpansion, "max-expansion", "",
		"what a compressed file may expand to: so many times its size, or a size such as 2GiB; 0 is no bound (default: 256MiB, or 1000 times its size)")
	_ = cmd.RegisterFlagCompletionFunc("body-encoding", cobra.FixedCompletions(capture.Encodings(), cobra.ShellCompDirectiveNoFileComp))
}

// apply checks the flags and makes the options of reading of them.
func (f *inputFlags) apply(o *capture.Options) error {
	o.Formats = recording.Formats()
	var err error
	if f.maxExpansion != "" {
		if o.MaxExpand, o.MaxRatio, err = parseExpansion(f.maxExpansion); err != nil {
			return fmt.Errorf("--max-expansion: %w", err)
		}
	}
	encoding, err := capture.ParseEncoding(f.bodyEncoding)
	switch {
	case err != nil:
		return fmt.Errorf("--body-encoding: %w", err)
	case f.bodyField != "" && f.lineRegexp != "":
		return errors.New("--body-field and --line-regexp exclude each other: a file is either JSON or a text log")
	case f.timeField != "" && f.bodyField == "":
		return errors.New("--time-field names a member of envelopes, so it needs --body-field; in a text log the group (?P<time>…) is the time")
	case encoding != capture.Auto && f.bodyField == "" && f.lineRegexp == "":
		return errors.New("--body-encoding is about bodies in envelopes or text logs, so it needs --body-field or --line-regexp")
	}
	if f.bodyField != "" {
		o.Envelope.Encoding = encoding
		if o.Envelope.Body, err = capture.ParsePointer(f.bodyField); err != nil {
			return fmt.Errorf("--body-field: %w", err)
		}
	}
	if f.timeField != "" {
		if o.Envelope.Time, err = capture.ParsePointer(f.timeField); err != nil {
			return fmt.Errorf("--time-field: %w", err)
		}
	}
	if f.lineRegexp != "" {
		if o.Line, err = capture.ParseLineFormat(f.lineRegexp); err != nil {
			return fmt.Errorf("--line-regexp: %w", err)
		}
		o.Line.Encoding = encoding
	}
	return nil
}

// smallArchive is what an archive may expand to whatever its ratio, in bytes, where the ratio is given.
const smallArchive = 1 << 20

// units of a size, the longer names first.
var units = []struct {
	name  string
	bytes int64
}{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40}, {"kB", 1e3}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"B", 1},
}

// parseExpansion reads "100" or "100x", a ratio, or "2GiB", a size; "0" is no bound.
func parseExpansion(s string) (size, ratio int64, err error) {
	number, factor := strings.TrimSpace(s), int64(0)
	for _, u := range units {
		if n, ok := strings.CutSuffix(number, u.name); ok {
			number, factor = strings.TrimSpace(n), u.bytes
			break
		}
	}
	n, err := strconv.ParseInt(strings.TrimSuffix(number, "x"), 10, 64)
	switch {
	case err != nil || n < 0 || factor > 0 && (n > math.MaxInt64/factor || strings.HasSuffix(number, "x")):
		return 0, 0, fmt.Errorf("%q is neither how many times its size a file may expand to, such as 100, nor a size, such as 2GiB", s)
	case n == 0:
		return -1, -1, nil
	case factor > 0:
		return n * factor, -1, nil
	default:
		return smallArchive, n, nil
	}
}
