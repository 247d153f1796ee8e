package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ErrNoReport says that a file is neither a run log nor a report.
var ErrNoReport = errors.New("this is neither a run log (run.ndjson) nor a report (report.json)")

// ReadReport reads a report.json, or makes the report of a run log: what the file holds decides, not its name. A damaged
// or truncated log gives a *LogError and the report of what could be read; anything else that is wrong wraps ErrNoReport.
func ReadReport(r io.Reader) (Report, error) {
	in := bufio.NewReaderSize(r, 4<<10)
	head, _ := in.Peek(512) // less than that is fine
	if bytes.HasPrefix(bytes.TrimSpace(head), []byte(`{"kind":`)) {
		run, err := ReadLog(in)
		return Build(run), err
	}
	var rep Report
	if err := json.NewDecoder(in).Decode(&rep); err != nil {
		return Report{}, fmt.Errorf("%w: %w", ErrNoReport, err)
	}
	if rep.Verdict == "" || rep.Requirements == nil || rep.Scenarios == nil {
		return Report{}, ErrNoReport
	}
	for _, s := range rep.Scenarios {
		for _, row := range s.Requirements {
			if badness[row.Verdict] == 0 {
				return Report{}, fmt.Errorf("%w: scenario %s, requirement %s: unknown verdict %q", ErrNoReport, s.ID, row.ID, row.Verdict)
			}
		}
	}
	return rep, nil
}
