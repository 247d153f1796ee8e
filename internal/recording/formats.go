package recording

import (
	"github.com/relaycheck/relaycheck/internal/capture"
	"github.com/relaycheck/relaycheck/suite/report"
)

// maxRecord is the longest line of a run log that is read for its bodies, in bytes. A play of a load test has some MB.
const maxRecord = 64 << 20

// Formats are the kinds of source that package capture does not know of itself: the run logs of this program, of which
// the bodies that were sent are read.
func Formats() []capture.Format {
	return []capture.Format{{
		Name: "run log", Opens: []string{"{", `"kind"`, ":", `"run"`}, MaxLine: maxRecord,
		Bodies: func(line []byte) ([]capture.Body, error) {
			sent, err := report.ReadSent(line)
			if err != nil {
				return nil, err
			}
			bodies := make([]capture.Body, len(sent))
			for i, s := range sent {
				bodies[i] = capture.Body{Bytes: s.Body, Within: s.Pointer, Arrived: s.At}
			}
			return bodies, nil
		},
	}}
}
