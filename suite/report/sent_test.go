package report

import (
	"bytes"
	"testing"
)

func TestWhatWasSentIsReadRecordByRecord(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]Run{"short bodies": fixture(), "long bodies": longBodies()} {
		var log bytes.Buffer
		if err := WriteLog(&log, run); err != nil {
			t.Fatal(err)
		}
		whole, err := ReadLog(bytes.NewReader(log.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		var sent []Sent
		for line := range bytes.Lines(log.Bytes()) {
			list, err := ReadSent(line)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			sent = append(sent, list...)
		}
		n := 0
		for _, p := range whole.Plays {
			for _, d := range p.Input.Transcript.Deliveries {
				for _, a := range d.Attempts {
					if n >= len(sent) || !bytes.Equal(sent[n].Body, a.Request.Body) || sent[n].At.Before(p.Input.Transcript.Started) {
						t.Fatalf("%s: attempt %d is not what was sent", name, n)
					}
					n++
				}
			}
		}
		if n != len(sent) || n == 0 {
			t.Errorf("%s: %d of %d were read", name, len(sent), n)
		}
	}
}

func TestARecordThatIsDamagedTellsOfNothing(t *testing.T) {
	t.Parallel()
	for _, line := range []string{``, `{"kind":"play"`, `{"kind":"other"}`, `{"kind":"run","format":99}`, `[]`, `{"kind":"play","input":{"transcript":{"deliveries":[{"attempts":[{"request":{"body":"relaycheck:blob:00"}}]}]}}}`} {
		if list, err := ReadSent([]byte(line)); err == nil {
			t.Errorf("%s: %v", line, list)
		}
	}
}
