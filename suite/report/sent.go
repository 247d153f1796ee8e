package report

import (
	"fmt"
	"time"
)

// A Sent is the body of one attempt that a run log tells of.
type Sent struct {
	Pointer string    // to it in its record, as a JSON pointer
	At      time.Time // when it was handed to the connection
	Body    []byte
}

// ReadSent reads the bodies that one record of a run log tells of, in the order of the record: those of a play; the other
// kinds have none. Unlike ReadLog it needs nothing of the records before, so a damaged one costs no more than itself.
func ReadSent(record []byte) ([]Sent, error) {
	var kind struct {
		Kind   string `json:"kind"`
		Format int    `json:"format"`
	}
	if err := decode(record, &kind); err != nil {
		return nil, err
	}
	switch kind.Kind {
	case kindRun:
		if kind.Format < 1 || kind.Format > LogFormat {
			return nil, fmt.Errorf("the log has format %d, this program reads up to %d", kind.Format, LogFormat)
		}
		return nil, nil
	case kindEnd:
		return nil, nil
	case kindPlay:
	default:
		return nil, fmt.Errorf("unknown kind of record %q; there are run, play and end", kind.Kind)
	}
	var rec playRecord
	if err := decode(record, &rec); err != nil {
		return nil, err
	}
	in, err := putBlobs(rec.Input, rec.Blobs)
	if err != nil {
		return nil, err
	}
	var list []Sent
	for i, d := range in.Transcript.Deliveries {
		for k, a := range d.Attempts {
			list = append(list, Sent{
				Pointer: fmt.Sprintf("/input/transcript/deliveries/%d/attempts/%d/request/body", i, k),
				At:      in.Transcript.Started.Add(time.Duration(a.Queued)), Body: a.Request.Body,
			})
		}
	}
	return list, nil
}
