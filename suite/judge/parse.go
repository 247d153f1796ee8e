package judge

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// ParseInput reads an Input as it was written to a run log. Numbers keep their digits.
func ParseInput(data []byte) (Input, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var in Input
	if err := dec.Decode(&in); err != nil {
		return Input{}, fmt.Errorf("read a judge's input: %w", err)
	}
	return in, nil
}

// UnmarshalJSON implements json.Unmarshaler. It keeps the digits of numbers, whatever decoder it is called by: a
// millisecond time or an id beyond 2^53 must not change on its way through a run log.
func (f *Facts) UnmarshalJSON(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var m map[string]any
	if err := dec.Decode(&m); err != nil {
		return fmt.Errorf("read facts: %w", err)
	}
	*f = m
	return nil
}
